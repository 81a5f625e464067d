package gsdm.nn.layout;

/** How nodes share learned embeddings (Weilbach et al. 2023, section 3.3). */
public enum EmbeddingKind {
    /** Array embedding: one for each array, plus sinusoids of the node's array indices. */
    AE,
    /** Exchangeable embedding: shared by the nodes that a symmetry of the model exchanges. */
    EE,
    /** Independent embedding: one for each node. */
    IE
}
