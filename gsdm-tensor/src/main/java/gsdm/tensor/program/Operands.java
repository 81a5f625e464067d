package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.List;

/** Lists of an op's slots. */
final class Operands {
    private Operands() {}

    /** Those that are not left out, in order. */
    static List<Slot> of(Slot... slots) {
        List<Slot> present = new ArrayList<>(slots.length);
        for (Slot slot : slots) {
            if (slot.present()) {
                present.add(slot);
            }
        }
        return present;
    }
}
