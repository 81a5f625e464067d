/**
 * What a network has to know of a model: its nodes and values in order, their embeddings, who
 * attends to whom, and the names of these sizes. Filled by whoever knows the model. May import
 * {@code gsdm.tensor}. Start reading at {@link gsdm.nn.layout.VariableLayout}.
 */
package gsdm.nn.layout;
