package gsdm.tensor.cpu.vector;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.KernelFactory;
import gsdm.tensor.cpu.scalar.ScalarKernels;
import gsdm.tensor.cpu.vector.attention.AttentionGradientKernel;
import gsdm.tensor.cpu.vector.attention.AttentionKernel;
import gsdm.tensor.cpu.vector.attention.SymmetricAttentionGradient;
import gsdm.tensor.cpu.vector.attention.SymmetricAttentionGradientKernel;
import gsdm.tensor.cpu.vector.attention.SymmetricAttentionKernel;
import gsdm.tensor.cpu.vector.blocks.RowSource;
import gsdm.tensor.cpu.vector.elementwise.ActivationKernels;
import gsdm.tensor.cpu.vector.elementwise.AddKernel;
import gsdm.tensor.cpu.vector.matmul.MatMulKernel;
import gsdm.tensor.cpu.vector.matmul.RowContractionKernel;
import gsdm.tensor.cpu.vector.norm.LayerRows;
import gsdm.tensor.cpu.vector.norm.NormGradientKernel;
import gsdm.tensor.cpu.vector.norm.NormKernel;
import gsdm.tensor.cpu.vector.norm.NormLinearGradientKernel;
import gsdm.tensor.cpu.vector.norm.NormLinearKernel;
import gsdm.tensor.cpu.vector.rows.AddRowsGradientKernel;
import gsdm.tensor.cpu.vector.rows.AddRowsKernel;
import gsdm.tensor.cpu.vector.rows.GatherGradientKernel;
import gsdm.tensor.cpu.vector.rows.GatherKernel;
import gsdm.tensor.cpu.vector.update.AdamKernel;
import gsdm.tensor.cpu.vector.update.MovingAverageKernel;
import gsdm.tensor.cpu.vector.update.MuonKernel;
import gsdm.tensor.cpu.vector.update.SquaredNormKernel;
import gsdm.tensor.cpu.vector.values.EmbedValuesGradientKernel;
import gsdm.tensor.cpu.vector.values.EmbedValuesKernel;
import gsdm.tensor.cpu.vector.values.ProjectValuesGradientKernel;
import gsdm.tensor.cpu.vector.values.ProjectValuesKernel;
import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Add;
import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.BlockSoftmax;
import gsdm.tensor.program.Copy;
import gsdm.tensor.program.EmbedValues;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Gather;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.NormLinear;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.ProjectValues;
import gsdm.tensor.program.ResidualLayers;
import gsdm.tensor.program.SquaredNorm;

/** The SIMD kernel of every op that costs; the rest are the reference's. */
public final class VectorKernels implements KernelFactory {
    /** Far beyond the caches: a sixth of what a step keeps, for a few per cent of its time. */
    private static final long COMPUTED_ANEW_BYTES = 32L << 20;

    private final KernelFactory scalar = new ScalarKernels();
    private final long computedAnewBytes;

    /** Those that a backend runs. */
    public VectorKernels() {
        this(COMPUTED_ANEW_BYTES);
    }

    /**
     * The same with another limit.
     *
     * @param computedAnewBytes activations between two layers that are as large are not kept for
     *     the gradient, but computed anew: the same bits
     */
    public VectorKernels(long computedAnewBytes) {
        this.computedAnewBytes = computedAnewBytes;
    }

    @Override
    public boolean fuses(Op.Composite op, Extents reserve) {
        return switch (op) {
            case NormLinear _, NormLinear.Gradient _ -> true;
            case ResidualLayers o -> computedAnew(o, reserve);
            case ResidualLayers.Gradient o -> computedAnew(o.layers(), reserve);
            case Attention.LayerGradient o ->
                    SymmetricAttentionKernel.fits(o.attention().attention());
        };
    }

    private boolean computedAnew(ResidualLayers layers, Extents reserve) {
        long floats = layers.rows().out().shape().size(reserve);
        return Float.BYTES * floats >= computedAnewBytes;
    }

    @Override
    public Kernel bind(Op op, Addresses at) {
        return switch (op) {
            case MatMul o when contractsRows(o) ->
                    new RowContractionKernel(o.a(), o.b(), o.out(), at);
            case MatMul o -> new MatMulKernel(o, at);
            case MatMul.LinearGradient o -> new RowContractionKernel(o, at);
            case Norm o -> new NormKernel(o, at);
            case Norm.Gradient o -> new NormGradientKernel(o, at);
            case NormLinear o -> new NormLinearKernel(o, at);
            case NormLinear.Gradient o -> new NormLinearGradientKernel(o, at);
            case Activation o -> new ActivationKernels.Forward(o, at);
            case Activation.Gradient o -> new ActivationKernels.Backward(o, at);
            case Add o -> AddKernel.sum(o, at);
            case Copy o -> AddKernel.copy(o, at);
            case Gather o -> new GatherKernel(o, at);
            case Gather.Gradient o -> new GatherGradientKernel(o, at);
            case AddRows o -> new AddRowsKernel(o, at);
            case AddRows.Gradient o -> new AddRowsGradientKernel(o, at);
            case ResidualLayers o -> new NormLinearKernel(o.second(), at, new LayerRows(o, at));
            case ResidualLayers.Gradient o -> secondGradient(o, at);
            case Attention.LayerGradient o -> layerGradient(o, at);
            case Attention o when SymmetricAttentionKernel.fits(o) ->
                    new SymmetricAttentionKernel(o, at);
            case Attention.Gradient o when SymmetricAttentionKernel.fits(o.attention()) ->
                    new SymmetricAttentionGradientKernel(o, at);
            case Attention o -> new AttentionKernel(o, at);
            case Attention.Gradient o -> new AttentionGradientKernel(o, at);
            case EmbedValues o -> new EmbedValuesKernel(o, at);
            case EmbedValues.Gradient o -> new EmbedValuesGradientKernel(o, at);
            case ProjectValues o -> new ProjectValuesKernel(o, at);
            case ProjectValues.Gradient o -> new ProjectValuesGradientKernel(o, at);
            case SquaredNorm o -> new SquaredNormKernel(o, at);
            case Adam o -> new AdamKernel(o, at);
            case Muon o -> new MuonKernel(o, at);
            case MovingAverage o -> new MovingAverageKernel(o, at);
            // These touch a number or two a value, not one a channel: nothing to gain from lanes.
            case BlockSoftmax o -> scalar.bind(o, at);
            case BlockSoftmax.Gradient o -> scalar.bind(o, at);
            case Loss o -> scalar.bind(o, at);
            case Loss.Gradient o -> scalar.bind(o, at);
            case Op.Source o -> scalar.bind(o, at);
        };
    }

    private static Kernel layerGradient(Attention.LayerGradient op, Addresses at) {
        RowSource x = RowSource.stored(op.layer().layer().norm().x(), at);
        RowSource dOut = new SymmetricAttentionGradient(op.attention(), at);
        return new NormLinearGradientKernel(op.layer(), at, x, dOut);
    }

    private static Kernel secondGradient(ResidualLayers.Gradient op, Addresses at) {
        RowSource x = new LayerRows(op.layers(), at);
        RowSource dOut = RowSource.stored(op.second().weights().dOut(), at);
        return new NormLinearGradientKernel(op.second(), at, x, dOut);
    }

    /** aᵀ·b with an output of fixed size: the contraction is what may be long. */
    private static boolean contractsRows(MatMul op) {
        return op.transposeA()
                && !op.transposeB()
                && !op.bias().present()
                && !op.add().present()
                && op.out().shape().dims().stream().allMatch(dim -> dim.fixed());
    }
}
