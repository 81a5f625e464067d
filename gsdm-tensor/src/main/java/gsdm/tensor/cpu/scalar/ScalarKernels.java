package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.KernelFactory;
import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Add;
import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Blend;
import gsdm.tensor.program.BlockSoftmax;
import gsdm.tensor.program.Clamp;
import gsdm.tensor.program.Copy;
import gsdm.tensor.program.EmbedValues;
import gsdm.tensor.program.Gather;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.Normals;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.ProjectValues;
import gsdm.tensor.program.Residuals;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.Standardise;

/** The reference kernel of every op. */
public final class ScalarKernels implements KernelFactory {
    @Override
    public Kernel bind(Op op, Addresses at) {
        return switch (op) {
            case MatMul o -> new PartsKernel(new MatMuls.Forward(o, at));
            case MatMul.LinearGradient o -> new PartsKernel(new MatMuls.LinearBackward(o, at));
            case Norm o -> new PartsKernel(Norms.forward(o, at));
            case Norm.Gradient o -> new PartsKernel(Norms.backward(o, at));
            case Op.Composite o -> throw new IllegalArgumentException("to run in parts: " + o);
            case Activation o -> new PartsKernel(new Elementwise.Activate(o, at));
            case Activation.Gradient o -> new PartsKernel(new Elementwise.ActivateBackward(o, at));
            case Add o -> new PartsKernel(new Elementwise.Sum(o, at));
            case Copy o -> new PartsKernel(new Elementwise.Keep(o, at));
            case Gather o -> new PartsKernel(new TableRows.Take(o, at));
            case Gather.Gradient o ->
                    new PartsKernel(
                            new TableRows.TableBackward(o.dOut(), o.segments(), o.dTable(), at));
            case AddRows o -> new PartsKernel(new TableRows.Join(o, at));
            case AddRows.Gradient o ->
                    new PartsKernel(
                            new TableRows.ExampleBackward(o, at),
                            new TableRows.TableBackward(o.dOut(), o.segments(), o.dTable(), at));
            case Attention o -> new PartsKernel(new Attentions.Forward(o, at));
            case Attention.Gradient o ->
                    new PartsKernel(
                            new Attentions.QueriesBackward(o, at),
                            new Attentions.KeysBackward(o, at));
            case EmbedValues o -> new PartsKernel(new Embeddings.Forward(o, at));
            case EmbedValues.Gradient o -> new PartsKernel(new Embeddings.Backward(o, at));
            case ProjectValues o -> new PartsKernel(new Projections.Forward(o, at));
            case ProjectValues.Gradient o ->
                    new PartsKernel(
                            new Projections.ChannelsBackward(o, at),
                            new Projections.WeightsBackward(o, at),
                            new Projections.BiasBackward(o, at));
            case BlockSoftmax o -> new PartsKernel(new BlockSoftmaxes.Forward(o, at));
            case BlockSoftmax.Gradient o -> new PartsKernel(new BlockSoftmaxes.Backward(o, at));
            case Loss o -> new PartsKernel(new Losses.Forward(o, at));
            case Loss.Gradient o -> new PartsKernel(new Losses.Backward(o, at));
            case Standardise o -> new PartsKernel(new Diffusions.Scale(o, at));
            case Normals o -> new PartsKernel(new Diffusions.Draw(o, at));
            case Blend o -> new PartsKernel(new Diffusions.Mix(o, at));
            case Clamp o -> new PartsKernel(new Diffusions.Limit(o, at));
            case Residuals o ->
                    new PartsKernel(
                            new DefinitionResiduals.Estimate(o, at),
                            new DefinitionResiduals.Evaluate(o, at),
                            new DefinitionResiduals.Ask(o, at));
            case SquaredNorm o -> new PartsKernel(new Updates.Norm(o, at));
            case Adam o -> new PartsKernel(new Updates.Moments(o, at));
            case Muon o -> new PartsKernel(new Muons(o, at));
            case MovingAverage o -> new PartsKernel(new Updates.Average(o, at));
        };
    }
}
