package gsdm.graph.model;

/**
 * Receives what kept nodes are functions of, node after node, operands before what takes them:
 * between {@link #begin} and {@link #end} stands one whole expression, its reductions written out.
 */
public interface DefinitionSink {
    /** The definition of a node follows. Nodes ascend. */
    void begin(int node);

    /** The value of a node. */
    void read(int node);

    /** A number. */
    void constant(float value);

    /** A function of the operand given last. */
    void apply(Expr.Function function);

    /** A function of the two operands given last. */
    void apply(Expr.Operation operation);

    /**
     * The definition that began last ends.
     *
     * @param complete whether all that it reads is kept; if not, what was given is a part of it
     */
    void end(boolean complete);
}
