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
final class OpTasks {
    private OpTasks() {}

    /** Launches what computes an op; a missing one does not compile. */
    static void lower(Op op, Lowering to) {
        switch (op) {
            case MatMul o -> MatMulTasks.lower(o, to);
            case MatMul.LinearGradient o -> MatMulTasks.lower(o, to);
            case Norm o -> NormTasks.lower(o, to);
            case Norm.Gradient o -> NormTasks.lower(o, to);
            case Op.Composite o -> throw new IllegalArgumentException("to run in parts: " + o);
            case Activation o -> ElementwiseTasks.lower(o, to);
            case Activation.Gradient o -> ElementwiseTasks.lower(o, to);
            case Add o -> ElementwiseTasks.lower(o, to);
            case Copy o -> ElementwiseTasks.lower(o, to);
            case Gather o -> TableRowTasks.lower(o, to);
            case Gather.Gradient o -> TableRowTasks.lower(o, to);
            case AddRows o -> TableRowTasks.lower(o, to);
            case AddRows.Gradient o -> TableRowTasks.lower(o, to);
            case Attention o -> AttentionTasks.lower(o, to);
            case Attention.Gradient o -> AttentionTasks.lower(o, to);
            case EmbedValues o -> EmbeddingTasks.lower(o, to);
            case EmbedValues.Gradient o -> EmbeddingTasks.lower(o, to);
            case ProjectValues o -> EmbeddingTasks.lower(o, to);
            case ProjectValues.Gradient o -> EmbeddingTasks.lower(o, to);
            case BlockSoftmax o -> BlockSoftmaxTasks.lower(o, to);
            case BlockSoftmax.Gradient o -> BlockSoftmaxTasks.lower(o, to);
            case Loss o -> LossTasks.lower(o, to);
            case Loss.Gradient o -> LossTasks.lower(o, to);
            case Standardise o -> DiffusionTasks.lower(o, to);
            case Normals o -> DiffusionTasks.lower(o, to);
            case Blend o -> DiffusionTasks.lower(o, to);
            case Clamp o -> DiffusionTasks.lower(o, to);
            case Residuals o -> ResidualTasks.lower(o, to);
            case SquaredNorm o -> UpdateTasks.lower(o, to);
            case Adam o -> UpdateTasks.lower(o, to);
            case Muon o -> MuonTasks.lower(o, to);
            case MovingAverage o -> UpdateTasks.lower(o, to);
        }
    }
}
