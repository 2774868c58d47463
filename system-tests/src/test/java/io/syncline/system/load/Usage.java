package io.syncline.system.load;

import io.syncline.system.endtoend.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What processes take, all of them together (Linux).
 *
 * @param residentBytes memory that is theirs
 * @param heapBytes of it live objects, after a collection
 * @param threads of the system
 */
record Usage(long residentBytes, long heapBytes, long threads, Duration processor) {
    private static final Pattern USED = Pattern.compile("(heap|generation).* used ([0-9]+)K");

    /** Collects garbage in each, then looks. */
    static Usage of(List<Program> programs) throws IOException, InterruptedException {
        long resident = 0;
        long heap = 0;
        long threads = 0;
        for (Program program : programs) {
            var _ = jcmd(program, "GC.run");
            Matcher matcher = USED.matcher(jcmd(program, "GC.heap_info"));
            while (matcher.find()) {
                heap += Long.parseLong(matcher.group(2)) << 10;
            }
            for (String line :
                    Files.readAllLines(Path.of("/proc", Long.toString(program.pid()), "status"))) {
                if (line.startsWith("VmRSS:")) {
                    resident += number(line) << 10;
                } else if (line.startsWith("Threads:")) {
                    threads += number(line);
                }
            }
        }
        return new Usage(resident, heap, threads, processor(programs));
    }

    static Duration processor(List<Program> programs) {
        return programs.stream().map(Program::processorTime).reduce(Duration.ZERO, Duration::plus);
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }

    private static String jcmd(Program program, String command)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(program.pid()),
                                command)
                        .redirectErrorStream(true)
                        .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(text);
        }
        return text;
    }
}
