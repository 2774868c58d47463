package io.syncline.system.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A process that holds devices' sockets. Reads orders, a line each, and answers each with a line;
 * ends with its input.
 */
public final class Holder {
    private Holder() {}

    /** Takes the seed and size of the population, a source address, and the servers' ports. */
    public static void main(String[] arguments) throws IOException {
        Population population =
                new Population(Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]));
        Sockets sockets =
                new Sockets(
                        population,
                        Arrays.stream(arguments[3].split(",", -1)).map(Integer::valueOf).toList(),
                        new InetSocketAddress(arguments[2], 0));
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        sockets.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "open" -> {
                    sockets.open(
                            Integer.parseInt(words[1]),
                            Integer.parseInt(words[2]),
                            Integer.parseInt(words[3]));
                    System.out.println("ok");
                }
                case "stats" -> sockets.order(() -> System.out.println(sockets.stats()));
                case "reset" ->
                        sockets.order(() -> {
                            sockets.reset();
                            System.out.println("ok");
                        });
                default -> throw new IllegalArgumentException(line);
            }
        }
        System.exit(0);
    }
}
