package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.KernelFactory;
import gsdm.tensor.program.Op;

/** The reference kernel of every op. */
public final class ScalarKernels implements KernelFactory {
    @Override
    public Kernel bind(Op op, Addresses at) {
        return switch (op) {
            case Op.MatMul o -> new PartsKernel(new MatMuls.Forward(o, at));
            case Op.LinearGradient o -> new PartsKernel(new MatMuls.LinearBackward(o, at));
            case Op.GroupNorm o -> new PartsKernel(new GroupNorms.Forward(o, at));
            case Op.GroupNormGradient o ->
                    new PartsKernel(
                            new GroupNorms.ChannelsBackward(o, at),
                            new GroupNorms.GroupsBackward(o, at));
            case Op.Composite o -> throw new IllegalArgumentException("to run in parts: " + o);
            case Op.Activation o -> new PartsKernel(new Elementwise.Activate(o, at));
            case Op.ActivationGradient o ->
                    new PartsKernel(new Elementwise.ActivateBackward(o, at));
            case Op.Add o -> new PartsKernel(new Elementwise.Sum(o, at));
            case Op.Copy o -> new PartsKernel(new Elementwise.Keep(o, at));
            case Op.Gather o -> new PartsKernel(new TableRows.Take(o, at));
            case Op.GatherGradient o ->
                    new PartsKernel(
                            new TableRows.TableBackward(o.dOut(), o.segments(), o.dTable(), at));
            case Op.AddRows o -> new PartsKernel(new TableRows.Join(o, at));
            case Op.AddRowsGradient o ->
                    new PartsKernel(
                            new TableRows.ExampleBackward(o, at),
                            new TableRows.TableBackward(o.dOut(), o.segments(), o.dTable(), at));
            case Op.Attention o -> new PartsKernel(new Attentions.Forward(o, at));
            case Op.AttentionGradient o ->
                    new PartsKernel(
                            new Attentions.QueriesBackward(o, at),
                            new Attentions.KeysBackward(o, at));
            case Op.EmbedValues o -> new PartsKernel(new Embeddings.Forward(o, at));
            case Op.EmbedValuesGradient o -> new PartsKernel(new Embeddings.Backward(o, at));
            case Op.ProjectValues o -> new PartsKernel(new Projections.Forward(o, at));
            case Op.ProjectValuesGradient o ->
                    new PartsKernel(
                            new Projections.ChannelsBackward(o, at),
                            new Projections.WeightsBackward(o, at),
                            new Projections.BiasBackward(o, at));
            case Op.BlockSoftmax o -> new PartsKernel(new Softmaxes.Forward(o, at));
            case Op.BlockSoftmaxGradient o -> new PartsKernel(new Softmaxes.Backward(o, at));
            case Op.Loss o -> new PartsKernel(new Losses.Forward(o, at));
            case Op.LossGradient o -> new PartsKernel(new Losses.Backward(o, at));
            case Op.SquaredNorm o -> new PartsKernel(new Updates.Norm(o, at));
            case Op.Adam o -> new PartsKernel(new Updates.Moments(o, at));
            case Op.MovingAverage o -> new PartsKernel(new Updates.Average(o, at));
        };
    }
}
