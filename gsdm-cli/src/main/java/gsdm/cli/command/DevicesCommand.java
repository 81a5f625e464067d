package gsdm.cli.command;

import gsdm.tensor.backend.BackendProvider;
import gsdm.tensor.backend.Backends;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists what can compute. */
@Command(
        name = "devices",
        header = "List what can compute on this machine.",
        footer = {"", "Examples:", "  gsdm devices", "  gsdm train bnn --device scalar --steps 10"})
final class DevicesCommand implements Runnable {

    @Mixin private Output output;

    DevicesCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public void run() {
        Table table = new Table("device", "usable", "what it is, or why not");
        List<Object> data = new ArrayList<>();
        for (Backends.Candidate candidate : Backends.candidates()) {
            boolean usable = candidate.probe() instanceof BackendProvider.Usable;
            String text =
                    switch (candidate.probe()) {
                        case BackendProvider.Usable found -> found.description();
                        case BackendProvider.Unusable found -> found.reason();
                    };
            table.row(candidate.provider().name(), usable ? "yes" : "no", text);
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("device", candidate.provider().name());
            entry.put("usable", usable);
            entry.put(usable ? "description" : "reason", text);
            data.add(entry);
        }
        output.result(data, table.lines());
    }
}
