package gsdm.tensor.cpu.vector;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.KernelFactory;
import gsdm.tensor.cpu.scalar.ScalarKernels;
import gsdm.tensor.cpu.vector.attention.AttentionGradientKernel;
import gsdm.tensor.cpu.vector.attention.AttentionKernel;
import gsdm.tensor.cpu.vector.attention.SymmetricAttentionGradientKernel;
import gsdm.tensor.cpu.vector.attention.SymmetricAttentionKernel;
import gsdm.tensor.cpu.vector.elementwise.ActivationKernels;
import gsdm.tensor.cpu.vector.elementwise.AddKernel;
import gsdm.tensor.cpu.vector.matmul.MatMulKernel;
import gsdm.tensor.cpu.vector.matmul.RowContractionKernel;
import gsdm.tensor.cpu.vector.norm.GroupNormGradientKernel;
import gsdm.tensor.cpu.vector.norm.GroupNormKernel;
import gsdm.tensor.cpu.vector.norm.NormLinearGradientKernel;
import gsdm.tensor.cpu.vector.norm.NormLinearKernel;
import gsdm.tensor.cpu.vector.rows.AddRowsGradientKernel;
import gsdm.tensor.cpu.vector.rows.AddRowsKernel;
import gsdm.tensor.cpu.vector.rows.GatherGradientKernel;
import gsdm.tensor.cpu.vector.rows.GatherKernel;
import gsdm.tensor.cpu.vector.update.AdamKernel;
import gsdm.tensor.cpu.vector.update.MovingAverageKernel;
import gsdm.tensor.cpu.vector.update.SquaredNormKernel;
import gsdm.tensor.cpu.vector.values.EmbedValuesGradientKernel;
import gsdm.tensor.cpu.vector.values.EmbedValuesKernel;
import gsdm.tensor.cpu.vector.values.LossKernels;
import gsdm.tensor.cpu.vector.values.ProjectValuesGradientKernel;
import gsdm.tensor.cpu.vector.values.ProjectValuesKernel;
import gsdm.tensor.program.Op;

/** The SIMD kernel of every op that costs; the rest are the reference's. */
public final class VectorKernels implements KernelFactory {
    private final KernelFactory scalar = new ScalarKernels();

    @Override
    public boolean fuses() {
        return true;
    }

    @Override
    public Kernel bind(Op op, Addresses at) {
        return switch (op) {
            case Op.MatMul o when contractsRows(o) ->
                    new RowContractionKernel(o.a(), o.b(), o.out(), at);
            case Op.MatMul o -> new MatMulKernel(o, at);
            case Op.LinearGradient o -> new RowContractionKernel(o, at);
            case Op.GroupNorm o -> new GroupNormKernel(o, at);
            case Op.GroupNormGradient o -> new GroupNormGradientKernel(o, at);
            case Op.NormLinear o -> new NormLinearKernel(o, at);
            case Op.NormLinearGradient o -> new NormLinearGradientKernel(o, at);
            case Op.Activation o -> new ActivationKernels.Forward(o, at);
            case Op.ActivationGradient o -> new ActivationKernels.Backward(o, at);
            case Op.Add o -> AddKernel.sum(o, at);
            case Op.Copy o -> AddKernel.copy(o, at);
            case Op.Gather o -> new GatherKernel(o, at);
            case Op.GatherGradient o -> new GatherGradientKernel(o, at);
            case Op.AddRows o -> new AddRowsKernel(o, at);
            case Op.AddRowsGradient o -> new AddRowsGradientKernel(o, at);
            case Op.Attention o when SymmetricAttentionKernel.fits(o) ->
                    new SymmetricAttentionKernel(o, at);
            case Op.AttentionGradient o when SymmetricAttentionKernel.fits(o.attention()) ->
                    new SymmetricAttentionGradientKernel(o, at);
            case Op.Attention o -> new AttentionKernel(o, at);
            case Op.AttentionGradient o -> new AttentionGradientKernel(o, at);
            case Op.EmbedValues o -> new EmbedValuesKernel(o, at);
            case Op.EmbedValuesGradient o -> new EmbedValuesGradientKernel(o, at);
            case Op.ProjectValues o -> new ProjectValuesKernel(o, at);
            case Op.ProjectValuesGradient o -> new ProjectValuesGradientKernel(o, at);
            case Op.SquaredNorm o -> new SquaredNormKernel(o, at);
            case Op.Adam o -> new AdamKernel(o, at);
            case Op.MovingAverage o -> new MovingAverageKernel(o, at);
            case Op.Loss o -> new LossKernels.Forward(o, at);
            case Op.LossGradient o -> new LossKernels.Backward(o, at);
            // These touch a number or two a value, not one a channel: nothing to gain from lanes.
            case Op.BlockSoftmax o -> scalar.bind(o, at);
            case Op.BlockSoftmaxGradient o -> scalar.bind(o, at);
        };
    }

    /** aᵀ·b with an output of fixed size: the contraction is what may be long. */
    private static boolean contractsRows(Op.MatMul op) {
        return op.transposeA()
                && !op.transposeB()
                && !op.bias().present()
                && !op.add().present()
                && op.out().shape().dims().stream().allMatch(dim -> dim.fixed());
    }
}
