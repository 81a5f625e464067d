package gsdm.nn.network;

/** What activations are normalised over. */
public enum NormKind {
    /** All nodes of an example and the channels of a group (Wu, He 2018). */
    GROUP,
    /** The channels of each node by itself (Ba, Kiros, Hinton 2016). */
    LAYER
}
