package gsdm.nn.network;

/** Which of a training run's parameters. */
public enum WeightKind {
    /** Their exponential moving average: better samples. */
    EMA,
    /** As the last step left them. */
    RAW
}
