package gsdm.tensor.tornado;

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

/** The kernels of every op. */
final class Kernels {
    private Kernels() {}

    /** Launches what computes an op; a missing one does not compile. */
    static void lower(Op op, Lowering to) {
        switch (op) {
            case MatMul o -> MatMuls.lower(o, to);
            case MatMul.LinearGradient o -> MatMuls.lower(o, to);
            case Norm o -> Norms.lower(o, to);
            case Norm.Gradient o -> Norms.lower(o, to);
            case Op.Composite o -> throw new IllegalArgumentException("to run in parts: " + o);
            case Activation o -> Elementwise.lower(o, to);
            case Activation.Gradient o -> Elementwise.lower(o, to);
            case Add o -> Elementwise.lower(o, to);
            case Copy o -> Elementwise.lower(o, to);
            case Gather o -> TableRows.lower(o, to);
            case Gather.Gradient o -> TableRows.lower(o, to);
            case AddRows o -> TableRows.lower(o, to);
            case AddRows.Gradient o -> TableRows.lower(o, to);
            case Attention o -> Attentions.lower(o, to);
            case Attention.Gradient o -> Attentions.lower(o, to);
            case EmbedValues o -> Embeddings.lower(o, to);
            case EmbedValues.Gradient o -> Embeddings.lower(o, to);
            case ProjectValues o -> Embeddings.lower(o, to);
            case ProjectValues.Gradient o -> Embeddings.lower(o, to);
            case BlockSoftmax o -> BlockSoftmaxes.lower(o, to);
            case BlockSoftmax.Gradient o -> BlockSoftmaxes.lower(o, to);
            case Loss o -> Losses.lower(o, to);
            case Loss.Gradient o -> Losses.lower(o, to);
            case Standardise o -> Diffusions.lower(o, to);
            case Normals o -> Diffusions.lower(o, to);
            case Blend o -> Diffusions.lower(o, to);
            case Clamp o -> Diffusions.lower(o, to);
            case Residuals o -> DefinitionResiduals.lower(o, to);
            case SquaredNorm o -> Updates.lower(o, to);
            case Adam o -> Updates.lower(o, to);
            case Muon o -> Muons.lower(o, to);
            case MovingAverage o -> Updates.lower(o, to);
        }
    }
}
