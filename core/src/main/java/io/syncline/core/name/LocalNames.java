package io.syncline.core.name;

import io.syncline.core.name.FileSystemTraits.Composition;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Name;
import io.syncline.core.tree.NodeId;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How exact names are spelt in one directory of one device (R30). A name that the directory can
 * hold and tell apart is spelt as it is. Any other gets a mark before its extension, {@code ~} and
 * six characters of a hash of the exact name, and what can't be held becomes {@code %} and two
 * hexadecimal digits per byte: {@code a:b.txt} is {@code a%3Ab~fnb4o3.txt}. The hash proves that a
 * local name was made this way, so it is turned back without any memory, on any device, and a name
 * that only looks so stays itself. A name that truly looks so is marked once more. What is too long
 * then is shortened, with a longer hash: the one case in which the exact name must be known from
 * elsewhere.
 *
 * <p>Immutable and thread-safe. Deterministic: a name's spellings depend on the name and the traits
 * alone, and which of them is used on its siblings.
 */
public final class LocalNames {
    /** Spellings of one name that are tried until one is free: the plain one and marked ones. */
    public static final int ATTEMPTS_MAX = 8;

    private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int MARK_CHARS = 6;
    private static final int LONG_MARK_CHARS = 16;
    private static final int EXTENSION_CHARS_MAX = 16;

    private final FileSystemTraits traits;

    /** The spelling of names in a directory of these traits. */
    public LocalNames(FileSystemTraits traits) {
        this.traits = traits;
    }

    /**
     * The spellings of all nodes of one directory, none of which the directory takes for another or
     * for a taken one. The lowest id that can have the plain spelling gets it; nodes that only this
     * device knows (negative ids) come after the others.
     *
     * @param taken local names that aren't nodes, as the client's own directory in the root
     */
    public Map<NodeId, LocalName> assign(Map<NodeId, Name> siblings, Collection<String> taken) {
        Set<String> keys = new HashSet<>();
        taken.forEach(local -> keys.add(traits.rivalKey(local)));
        List<Map.Entry<NodeId, Name>> order = new ArrayList<>(siblings.entrySet());
        order.sort(
                Map.Entry.comparingByKey(
                        Comparator.comparing(NodeId::isLocalOnly)
                                .thenComparing(Comparator.naturalOrder())));
        Map<NodeId, LocalName> assigned = new HashMap<>();
        for (Map.Entry<NodeId, Name> sibling : order) {
            LocalName local = firstFree(sibling.getValue(), keys);
            keys.add(traits.rivalKey(local.value()));
            assigned.put(sibling.getKey(), local);
        }
        return assigned;
    }

    private LocalName firstFree(Name name, Set<String> takenKeys) {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            LocalName local = encode(name, attempt);
            if (!takenKeys.contains(traits.rivalKey(local.value()))) {
                return local;
            }
        }
        // Eight hashes of 30 bits would have to meet siblings' names.
        throw new IllegalStateException("no free local name for '" + name + "'");
    }

    /** Whether the directory takes two local names for one. */
    public boolean areRivals(String local, String other) {
        return traits.rivalKey(local).equals(traits.rivalKey(other));
    }

    /**
     * The name's spelling at the given attempt: 0 is the plain one where the directory can hold it,
     * each higher one a marked one of its own, for where a sibling has the lower ones.
     *
     * @param attempt 0..{@link #ATTEMPTS_MAX} - 1
     */
    public LocalName encode(Name name, int attempt) {
        if (attempt < 0 || attempt >= ATTEMPTS_MAX) {
            throw new IllegalArgumentException("attempt " + attempt);
        }
        if (attempt == 0 && isHeldPlainly(name.value())) {
            return new LocalName(name.value(), LocalName.Form.PLAIN);
        }
        String stem = stem(name.value());
        String extension = name.value().substring(stem.length());
        String escaped = escape(name.value(), stem);
        String mark = hash(name, attempt);
        String mapped = escaped + "~" + mark.substring(0, MARK_CHARS) + extension;
        if (traits.fits(mapped)) {
            return new LocalName(mapped, LocalName.Form.MAPPED);
        }
        String end = "~~" + mark.substring(0, LONG_MARK_CHARS) + extension;
        return new LocalName(shorten(escaped, end), LocalName.Form.SHORTENED);
    }

    private boolean isHeldPlainly(String name) {
        boolean changed =
                traits.composition() == Composition.CHANGED && !NameKey.compose(name).equals(name);
        return !changed
                && traits.fits(name)
                && (!traits.windowsNames() || WindowsNames.holds(name))
                && unmark(name).isEmpty()
                && !looksShortened(name);
    }

    /**
     * As much of the beginning as leaves room for the end, without tearing a character or escape.
     */
    private String shorten(String escaped, String end) {
        int length = escaped.length();
        String local;
        do {
            length--;
            if (Character.isLowSurrogate(escaped.charAt(length))) {
                length--;
            }
            int escape = escaped.lastIndexOf('%', length);
            if (escape >= 0 && escape > length - 3 && escape < length) {
                length = escape;
            }
            local = escaped.substring(0, length) + end;
        } while (!traits.fits(local) || !Name.fault(local).isEmpty());
        return local;
    }

    /** A name found on disk as this class spells it: composed where the disk decomposes. */
    public String asSpelt(String found) {
        return traits.composition() == Composition.CHANGED ? NameKey.compose(found) : found;
    }

    /** What a name found on disk stands for. */
    public Decoded decode(String found) {
        String local = asSpelt(found);
        boolean marked = local.indexOf('~') >= 0;
        Optional<Name> mapped = marked ? unmark(local) : Optional.empty();
        if (mapped.isPresent()) {
            return new Decoded.Mapped(mapped.get());
        }
        String fault = Name.fault(local);
        if (!fault.isEmpty()) {
            return new Decoded.Impossible(fault);
        }
        Name literal = new Name(local);
        return marked && looksShortened(local)
                ? new Decoded.Shortened(literal)
                : new Decoded.Plain(literal);
    }

    /** Whether a local name is a shortened spelling of this name here. */
    public boolean isShortFor(String found, Name name) {
        String local = asSpelt(found);
        for (int attempt = 0; looksShortened(local) && attempt < ATTEMPTS_MAX; attempt++) {
            LocalName spelling = encode(name, attempt);
            if (spelling.form() == LocalName.Form.SHORTENED && spelling.value().equals(local)) {
                return true;
            }
        }
        return false;
    }

    /** The name without an extension of letters and digits, if something is left of it. */
    private static String stem(String name) {
        int dot = name.lastIndexOf('.');
        int length = name.length() - dot - 1;
        if (dot <= 0 || length < 1 || length > EXTENSION_CHARS_MAX) {
            return name;
        }
        for (int i = dot + 1; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
                return name;
            }
        }
        return name.substring(0, dot);
    }

    private String escape(String name, String stem) {
        // All of them, because a character after an escape could be composed with its last digit.
        boolean changed = traits.composition() == Composition.CHANGED;
        boolean device = traits.windowsNames() && WindowsNames.isDevice(name);
        StringBuilder out = new StringBuilder(stem.length() + 16);
        for (int i = 0; i < stem.length(); ) {
            int c = stem.codePointAt(i);
            int next = i + Character.charCount(c);
            boolean last = next == name.length();
            boolean bad =
                    c == '%'
                            || (device && i == 0)
                            || (changed && c >= 0x80)
                            || (traits.windowsNames()
                                    && c < 0x80
                                    && (WindowsNames.reserved((char) c)
                                            || (last && WindowsNames.droppedAtEnd((char) c))));
            if (bad) {
                escape(c, out);
            } else {
                out.appendCodePoint(c);
            }
            i = next;
        }
        return out.toString();
    }

    private static void escape(int codePoint, StringBuilder out) {
        for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
            out.append('%')
                    .append("0123456789ABCDEF".charAt(b >> 4 & 15))
                    .append("0123456789ABCDEF".charAt(b & 15));
        }
    }

    /** The exact name, if this is a marked spelling of one. */
    private static Optional<Name> unmark(String local) {
        String beforeExtension = stem(local);
        // The extension may also be part of the stem's end, as in "a~bbbbbb" without any.
        for (String marked : List.of(local, beforeExtension)) {
            int mark = marked.length() - MARK_CHARS;
            if (mark > 1 && marked.charAt(mark - 1) == '~' && areDigits(marked, mark)) {
                String escaped = marked.substring(0, mark - 1) + local.substring(marked.length());
                Optional<Name> name = unescape(escaped);
                if (name.isPresent() && isMarkOf(marked.substring(mark), name.get())) {
                    return name;
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isMarkOf(String mark, Name name) {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (hash(name, attempt).startsWith(mark)) {
                return true;
            }
        }
        return false;
    }

    private static boolean looksShortened(String local) {
        for (String marked : List.of(local, stem(local))) {
            int mark = marked.length() - LONG_MARK_CHARS;
            if (mark > 2 && marked.startsWith("~~", mark - 2) && areDigits(marked, mark)) {
                return true;
            }
        }
        return false;
    }

    private static boolean areDigits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (DIGITS.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Name> unescape(String escaped) {
        StringBuilder out = new StringBuilder(escaped.length());
        ByteBuffer run = ByteBuffer.allocate(escaped.length());
        for (int i = 0; i < escaped.length(); ) {
            if (escaped.charAt(i) != '%') {
                out.append(escaped.charAt(i++));
                continue;
            }
            for (run.clear(); i < escaped.length() && escaped.charAt(i) == '%'; i += 3) {
                int high = i + 2 < escaped.length() ? hexDigit(escaped.charAt(i + 1)) : -1;
                int low = i + 2 < escaped.length() ? hexDigit(escaped.charAt(i + 2)) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                run.put((byte) (high << 4 | low));
            }
            try {
                CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(run.flip());
                out.append(text);
            } catch (CharacterCodingException _) {
                // Not written by us.
                return Optional.empty();
            }
        }
        String name = out.toString();
        return Name.fault(name).isEmpty() ? Optional.of(new Name(name)) : Optional.empty();
    }

    private static int hexDigit(char c) {
        return "0123456789ABCDEF".indexOf(c);
    }

    /** The first 80 bits of a hash of attempt and name, five bits a character. */
    private static String hash(Name name, int attempt) {
        MessageDigest digest = Hash.newDigest();
        digest.update("syncline local name ".getBytes(StandardCharsets.US_ASCII));
        digest.update((byte) attempt);
        byte[] hash = digest.digest(name.toBytes());
        StringBuilder out = new StringBuilder(LONG_MARK_CHARS);
        for (int i = 0; i < LONG_MARK_CHARS; i++) {
            int bit = i * 5;
            int word = (hash[bit / 8] & 0xFF) << 8 | (hash[bit / 8 + 1] & 0xFF);
            out.append(DIGITS.charAt(word >>> (11 - bit % 8) & 31));
        }
        return out.toString();
    }
}
