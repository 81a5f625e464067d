package gsdm.graph.model;

/** How the values of an array come about; as text, what stands after the array in a definition. */
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

        @Override
        public String toString() {
            return "~ normal(%s, %s)".formatted(mean, std);
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

        @Override
        public String toString() {
            return "~ uniform(%s, %s)".formatted(low, high);
        }
    }

    /** Independent values, each option equally likely. */
    record Categorical(int options) implements Origin {
        @Override
        public String toString() {
            return "~ categorical(" + options + ")";
        }
    }

    /** Values from outside. */
    record Data(Source source) implements Origin {
        @Override
        public String toString() {
            return "from outside";
        }
    }

    /** A function of arrays defined before. */
    record Derived(Expr expr) implements Origin {
        @Override
        public String toString() {
            return "= " + expr;
        }
    }
}
