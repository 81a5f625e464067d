package gsdm.graph.inference;

import gsdm.nn.layout.VariableLayout;
import gsdm.nn.train.BatchSource;

/**
 * What a step is of.
 *
 * @param layout of all nodes of the model, or of some
 * @param examples of them
 */
record StepData(VariableLayout layout, BatchSource examples) {}
