package gsdm.graph.model;

/** How the values of an array come about. */
public sealed interface Origin {

    /** Independent normal values. */
    record Normal(float mean, float std) implements Origin {
        public Normal {
            if (!(Float.isFinite(mean) && Float.isFinite(std) && std > 0)) {
                throw new ModelException(
                        "a normal needs a finite mean and a positive standard deviation, found "
                                + "mean %s, standard deviation %s".formatted(mean, std));
            }
        }
    }

    /** Independent values, uniform on {@code [low, high)}. */
    record Uniform(float low, float high) implements Origin {
        public Uniform {
            if (!(Float.isFinite(low) && Float.isFinite(high) && low < high)) {
                throw new ModelException(
                        "a uniform needs finite bounds with low < high, found low %s, high %s"
                                .formatted(low, high));
            }
        }
    }

    /** Independent values, each option equally likely. */
    record Categorical(int options) implements Origin {}

    /** Values from outside. */
    record Data(Source source) implements Origin {}

    /** A function of arrays defined before. */
    record Derived(Expr expr) implements Origin {}
}
