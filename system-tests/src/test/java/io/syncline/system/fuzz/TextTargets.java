package io.syncline.system.fuzz;

import static io.syncline.system.fuzz.Refusals.require;

import io.syncline.client.api.ServerAddress;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.lineage.Proof;
import io.syncline.core.lineage.ProofKey;
import io.syncline.core.name.Decoded;
import io.syncline.core.name.FileSystemTraits;
import io.syncline.core.name.LocalName;
import io.syncline.core.name.LocalNames;
import io.syncline.core.name.NameKey;
import io.syncline.core.plan.ConflictName;
import io.syncline.core.tree.Cursor;
import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import io.syncline.core.tree.ProjectId;
import io.syncline.core.tree.TreeDigest;
import io.syncline.core.wire.JoinLink;
import io.syncline.core.wire.ListingOrder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Names, proofs, links, addresses: what is text. */
final class TextTargets {
    private static final Refusals INVALID = new Refusals(ErrorCode.INVALID);
    private static final ProjectId PROJECT = new ProjectId("0".repeat(32));
    private static final ProofKey KEY = new ProofKey(new byte[ProofKey.BYTES]);
    private static final List<LocalNames> SYSTEMS =
            List.of(
                    new LocalNames(FileSystemTraits.LINUX),
                    new LocalNames(FileSystemTraits.MACOS),
                    new LocalNames(FileSystemTraits.HFS_PLUS),
                    new LocalNames(FileSystemTraits.WINDOWS));

    /** The plain one, the first and the last marked one; each costs some milliseconds. */
    private static final int[] ATTEMPTS = {0, 1, LocalNames.ATTEMPTS_MAX - 1};

    private TextTargets() {}

    static List<Target> all() {
        return List.of(
                new Decoder("name", 600, n -> 64L << 20, TextTargets::name, names()),
                new Decoder("text", 600, n -> (1L << 20) + 400L * n, TextTargets::text, texts()));
    }

    /** UTF-16 where the first byte is odd, so that half characters are met as well. */
    private static String string(byte[] input) {
        if (input.length == 0) {
            return "";
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        if ((input[0] & 1) == 0) {
            return new String(rest, StandardCharsets.UTF_8);
        }
        StringBuilder text = new StringBuilder();
        ByteBuffer.wrap(rest).asCharBuffer().chars().forEach(unit -> text.append((char) unit));
        return text.toString();
    }

    /** R30: every name has a local one on every system, which leads back to it. */
    private static void name(byte[] input) {
        String text = string(input);
        for (LocalNames names : SYSTEMS) {
            switch (names.decode(text)) {
                case Decoded.Plain plain -> back(names, plain.name());
                case Decoded.Mapped mapped -> back(names, mapped.name());
                case Decoded.Shortened shortened -> back(names, shortened.literal());
                case Decoded.Impossible _ -> {
                    // It is reported, and stops nothing else.
                }
            }
        }
        Optional<Name> name = INVALID.of(() -> new Name(text));
        if (name.isEmpty()) {
            return;
        }
        byte[] bytes = name.get().toBytes();
        require(bytes.length <= Name.MAX_BYTES, "a name of %s bytes", bytes.length);
        require(new String(bytes, StandardCharsets.UTF_8).equals(text), "another name in UTF-8");
        require(!NameKey.of(name.get()).value().isEmpty(), "an empty key");
        SYSTEMS.forEach(names -> back(names, name.get()));
        for (int number = 1; number < 200; number += 99) {
            Name copy = new ConflictName("laptop").of(name.get(), number == 1, number);
            require(copy.value().contains("(conflict"), "a copy of the name %s", copy);
        }
        rivals(name.get());
    }

    private static void back(LocalNames names, Name name) {
        for (int attempt : ATTEMPTS) {
            LocalName local = names.encode(name, attempt);
            boolean right =
                    switch (names.decode(local.value())) {
                        case Decoded.Plain(Name exact) ->
                                local.form() == LocalName.Form.PLAIN && exact.equals(name);
                        case Decoded.Mapped(Name exact) ->
                                local.form() == LocalName.Form.MAPPED && exact.equals(name);
                        case Decoded.Shortened _ ->
                                local.form() == LocalName.Form.SHORTENED
                                        && names.isShortFor(local.value(), name);
                        case Decoded.Impossible _ -> false;
                    };
            require(right, "'%s' is spelt %s, which is something else", name, local);
        }
    }

    /** Names that a system may take for one get local names that it tells apart. */
    private static void rivals(Name name) {
        Map<NodeId, Name> siblings = new LinkedHashMap<>();
        siblings.put(new NodeId(1), name);
        for (String other :
                List.of(
                        name.value().toUpperCase(Locale.ROOT),
                        name.value().toLowerCase(Locale.ROOT),
                        NameKey.of(name).value())) {
            INVALID.of(() -> new Name(other))
                    .filter(rival -> !siblings.containsValue(rival))
                    .ifPresent(rival -> siblings.put(new NodeId(siblings.size() + 1), rival));
        }
        for (LocalNames names : SYSTEMS) {
            List<LocalName> locals = List.copyOf(names.assign(siblings, List.of()).values());
            require(locals.size() == siblings.size(), "not all of %s are spelt", siblings);
            for (int i = 1; i < locals.size(); i++) {
                for (int j = 0; j < i; j++) {
                    require(
                            !names.areRivals(locals.get(i).value(), locals.get(j).value()),
                            "%s are rivals",
                            locals);
                }
            }
        }
    }

    private static void text(byte[] input) {
        String text = string(input);
        INVALID.of(() -> Proof.parse(text))
                .ifPresent(proof -> {
                    require(proof.toString().equals(text), "a proof has two spellings");
                    require(
                            KEY.signed(PROJECT, proof)
                                    == KEY.sign(PROJECT, proof.cursor(), proof.digest())
                                            .equals(proof),
                            "a proof is taken that wasn't signed");
                });
        INVALID.of(() -> JoinLink.parse(text))
                .ifPresent(link -> {
                    require(JoinLink.parse(link.format()).equals(link), "another link");
                    // Core doesn't look into an address; whoever connects does.
                    INVALID.of(() -> ServerAddress.parse(link.origin()));
                });
        INVALID.of(() -> ServerAddress.parse(text));
        INVALID.of(() -> ListingOrder.parse(text, "asc"));
        INVALID.of(() -> Hash.parse(text))
                .ifPresent(hash -> require(hash.toHex().equals(text), "another hash"));
    }

    // ---- Samples.

    private static byte[] led(String text) {
        return (" " + text).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] wide(String text) {
        byte[] units = text.getBytes(StandardCharsets.UTF_16BE);
        byte[] input = new byte[1 + units.length];
        input[0] = 1;
        System.arraycopy(units, 0, input, 1, units.length);
        return input;
    }

    private static List<byte[]> names() {
        return List.of(
                led("a.txt"),
                led("résumé.txt"),
                led("a%3Ab~fnb4o3.txt"),
                led("%63on.tar~ssc2mo.gz"),
                led("xt_TCPMSS~sdmkuf.h"),
                led("100% done. "),
                led("con.tar.gz"),
                led("n%3A" + "x".repeat(229) + "~~pzjll5jg5gdbc652.txt"),
                led("n:" + "x".repeat(249) + ".txt"),
                led("ẞ ſ İ ı ς Å"),
                wide("\uD83D\uDE00 " + "日".repeat(83)),
                wide("\uD83D"));
    }

    private static List<byte[]> texts() {
        Proof proof =
                KEY.sign(
                        PROJECT,
                        new Cursor(new Epoch("f".repeat(32)), 7),
                        new TreeDigest(Hash.EMPTY));
        return List.of(
                led(proof.toString()),
                led("syncline://example.org:8443/join/" + "a".repeat(43)),
                led("syncline://[::1]:80/join/" + "-".repeat(43) + "?tls=0"),
                led("https://example.org:443"),
                led("http://[fe80::1]:8080"),
                led("size"),
                led(Hash.EMPTY.toHex()));
    }
}
