package io.syncline.core.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.Node;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON document (RFC 8259) member by member, from outside hands. What breaks a rule is
 * answered with INVALID and the JSON pointer (RFC 6901) of the place: malformed text, another type
 * than asked for, a member named twice, a missing one, anything after the end, more than 16 levels,
 * strings above 16 Ki characters, and numbers that aren't whole or lie beyond ±2^53.
 *
 * <p>An object is read by a loop:
 *
 * {@snippet :
 * in.beginObject();
 * while (in.nextMember()) {
 *     switch (in.member()) {
 *         case "name" -> name = in.text();
 *         default -> in.unknown();
 *     }
 * }
 * return new Thing(in.required("name", name));
 * }
 *
 * <p>Not thread-safe.
 */
public final class JsonReader implements AutoCloseable {
    /** Deepest nesting of objects and arrays. */
    public static final int DEPTH_MAX = 16;

    /** Longest string in UTF-16 units. */
    public static final int STRING_CHARS_MAX = 16 << 10;

    /** Members with this prefix must be understood or stop the reader (R43). */
    private static final String MANDATORY = "must_";

    /** Decoded at a time where only the encoding is checked; stays in a processor's cache. */
    private static final int CHECK_CHARS = 4 << 10;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEPTH_MAX)
                                    .maxStringLength(STRING_CHARS_MAX)
                                    .maxNumberLength(32)
                                    .maxNameLength(128)
                                    .build())
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build();

    private final JsonParser parser;
    private final MemberNames names = new MemberNames(DEPTH_MAX);

    /** A token read by {@link #peekElement} that nobody took yet. */
    private @Nullable JsonToken peeked;

    /** The name of the member met last. */
    private String member = "";

    /** The device read last, and how it was spelt. */
    private @Nullable DeviceId device;

    private char[] deviceChars = {};

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /** Reads these bytes, which the caller has bounded. */
    public static JsonReader of(byte[] json) {
        try {
            checkUtf8(json);
            return new JsonReader(FACTORY.createParser(json));
        } catch (CharacterCodingException e) {
            throw new SynclineException(ErrorCode.INVALID, "JSON at '': not UTF-8", e);
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot read JSON", e);
        }
    }

    /**
     * Decodes all of it to nowhere: Jackson reads bytes a third faster than characters, but its own
     * decoder lets overlong forms and encoded surrogates pass.
     */
    private static void checkUtf8(byte[] json) throws CharacterCodingException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(json);
        CharBuffer nowhere = CharBuffer.allocate(Math.min(json.length + 1, CHECK_CHARS));
        CoderResult result;
        do {
            result = decoder.decode(in, nowhere.clear(), true);
        } while (result.isOverflow());
        if (result.isError()) {
            result.throwException();
        }
    }

    /**
     * Reads this stream, which stays open, to its end; beyond {@code bytesMax} bytes the answer is
     * TOO_LARGE. A stream that fails is UNAVAILABLE.
     */
    public static JsonReader of(InputStream json, long bytesMax) {
        try {
            // Decoded strictly here, because Jackson's own decoder lets overlong forms and encoded
            // surrogates pass.
            Reader text =
                    new InputStreamReader(
                            new Bounded(json, bytesMax), StandardCharsets.UTF_8.newDecoder());
            return new JsonReader(FACTORY.createParser(text));
        } catch (IOException e) {
            throw new SynclineException(ErrorCode.UNAVAILABLE, "cannot read JSON", e);
        }
    }

    /** Enters the object that comes next. */
    public void beginObject() {
        expect(next(), JsonToken.START_OBJECT, "an object");
    }

    /** Whether the object has another member; its end is left when it hasn't. */
    public boolean nextMember() {
        return next() == JsonToken.FIELD_NAME;
    }

    /** The name of the member that {@link #nextMember} found. */
    public String member() {
        return member;
    }

    /** The string that comes next, valid Unicode. */
    public String text() {
        String text = spelling();
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length()
                        || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    throw invalid("expected valid Unicode");
                }
                i++;
            }
        }
        return text;
    }

    /** The string that comes next, made into a value; a refusal by {@code parse} gets the path. */
    public <T> T text(Function<String, T> parse) {
        String text = text();
        try {
            return parse.apply(text);
        } catch (SynclineException e) {
            throw placed(e);
        }
    }

    /** The hash that comes next: a string of 64 lower-case hexadecimal digits. */
    public Hash hash() {
        expect(next(), JsonToken.VALUE_STRING, "a string");
        try {
            return Hash.parse(
                    parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        } catch (IOException e) {
            throw translated(e);
        } catch (SynclineException e) {
            throw placed(e);
        }
    }

    /**
     * The device's id that comes next. Neighbours are often one device's: the one read before is
     * told again where the characters are the same.
     */
    public DeviceId device() {
        expect(next(), JsonToken.VALUE_STRING, "a string");
        try {
            char[] chars = parser.getTextCharacters();
            int from = parser.getTextOffset();
            int to = from + parser.getTextLength();
            if (device == null
                    || !Arrays.equals(deviceChars, 0, deviceChars.length, chars, from, to)) {
                device = new DeviceId(new String(chars, from, to - from));
                deviceChars = Arrays.copyOfRange(chars, from, to);
            }
            return device;
        } catch (SynclineException e) {
            throw placed(e);
        } catch (IOException e) {
            throw translated(e);
        }
    }

    /** The string that comes next, whatever it holds. */
    private String spelling() {
        expect(next(), JsonToken.VALUE_STRING, "a string");
        try {
            return parser.getText();
        } catch (IOException e) {
            throw translated(e);
        }
    }

    /** The instant that comes next: an RFC 3339 string in UTC. */
    public Instant instant() {
        String text = text();
        try {
            if (text.endsWith("Z")) {
                return Instant.parse(text);
            }
        } catch (DateTimeException _) {
            // Answered below like a time of another zone.
        }
        throw invalid("expected an RFC 3339 time in UTC");
    }

    /** The whole number that comes next, -2^53..2^53. */
    public long number() {
        expect(next(), JsonToken.VALUE_NUMBER_INT, "a whole number");
        long number;
        try {
            number =
                    parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? Long.MAX_VALUE
                            : parser.getLongValue();
        } catch (IOException e) {
            throw translated(e);
        }
        if (number > Node.MAX_SEQUENCE || number < -Node.MAX_SEQUENCE) {
            throw invalid("expected a number up to 2^53");
        }
        return number;
    }

    /** The whole number that comes next, {@code min..max}. */
    public long number(long min, long max) {
        long number = number();
        if (number < min || number > max) {
            throw invalid("expected a number " + min + ".." + max);
        }
        return number;
    }

    /** The whole number that comes next, {@code min..max}. */
    public int integer(int min, int max) {
        return (int) number(min, max);
    }

    /** The {@code true} or {@code false} that comes next. */
    public boolean bool() {
        JsonToken token = next();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw invalid("expected true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** The array that comes next, of at most {@code countMax} elements. */
    public <T> List<T> array(int countMax, Function<JsonReader, T> element) {
        expect(next(), JsonToken.START_ARRAY, "an array");
        List<T> list = new ArrayList<>();
        while (peekElement()) {
            if (list.size() == countMax) {
                throw invalid("expected at most " + countMax + " elements");
            }
            list.add(element.apply(this));
        }
        return list;
    }

    /** The word that comes next, as the constant that it names in lower case. */
    public <E extends Enum<E>> E word(Class<E> type) {
        return constant(type, JsonWriter::word);
    }

    /** The code that comes next, as the constant of exactly that name. */
    public <E extends Enum<E>> E code(Class<E> type) {
        return constant(type, Enum::name);
    }

    private <E extends Enum<E>> E constant(Class<E> type, Function<E, String> spelling) {
        String word = text();
        for (E constant : type.getEnumConstants()) {
            if (spelling.apply(constant).equals(word)) {
                return constant;
            }
        }
        throw invalid("unknown word");
    }

    /**
     * Skips the value of a member that this program doesn't know; INVALID if it is one that must be
     * known (R43).
     */
    public void unknown() {
        if (member().startsWith(MANDATORY)) {
            throw invalid("unknown mandatory member; a newer version is needed");
        }
        skip(next());
    }

    /** Skips what begins with this token. */
    private void skip(JsonToken first) {
        int depth = depth(first);
        while (depth > 0) {
            depth += depth(advance());
        }
    }

    private static int depth(JsonToken token) {
        return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    }

    /** The value of a member that an object just left must have had. */
    public <T> T required(String member, @Nullable T value) {
        if (value == null) {
            throw invalid("member '" + member + "' is missing");
        }
        return value;
    }

    /** The value that {@code make} builds from what was read; its refusal gets the path. */
    public <T> T make(Supplier<T> make) {
        try {
            return make.get();
        } catch (SynclineException e) {
            throw placed(e);
        }
    }

    /** A refusal of what was read, with its place. */
    private SynclineException placed(SynclineException refusal) {
        return refusal.code() == ErrorCode.INVALID
                ? new SynclineException(
                        ErrorCode.INVALID,
                        "JSON at '" + path() + "': " + refusal.getMessage(),
                        refusal)
                : refusal;
    }

    /** An INVALID that names the present place in the document. */
    public SynclineException invalid(String fault) {
        return SynclineException.invalid("JSON at '" + path() + "': " + fault);
    }

    /** Ends the document: nothing but white space may follow. */
    public void end() {
        if (nextToken() != null) {
            throw invalid("expected the end");
        }
    }

    /** Gives buffers back. The source stays open. */
    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw translated(e);
        }
    }

    private String path() {
        return parser.getParsingContext().pathAsPointer().toString();
    }

    /** Whether an element follows; the array's end is left when none does. */
    private boolean peekElement() {
        if (peeked == null) {
            peeked = advance();
        }
        if (peeked == JsonToken.END_ARRAY) {
            peeked = null;
            return false;
        }
        return true;
    }

    private JsonToken next() {
        JsonToken token = peeked;
        peeked = null;
        return token == null ? advance() : token;
    }

    private JsonToken advance() {
        JsonToken token = nextToken();
        if (token == null) {
            throw invalid("the document ends too early");
        }
        return token;
    }

    private void expect(JsonToken actual, JsonToken expected, String what) {
        if (actual != expected) {
            throw invalid("expected " + what);
        }
    }

    private @Nullable JsonToken nextToken() {
        JsonToken token;
        try {
            token = parser.nextToken();
            if (token == JsonToken.FIELD_NAME) {
                member = parser.currentName();
            }
        } catch (IOException e) {
            throw translated(e);
        }
        if (token == JsonToken.FIELD_NAME) {
            if (!names.add(member)) {
                throw invalid("a member is named twice");
            }
        } else if (token == JsonToken.START_OBJECT) {
            names.begin();
        } else if (token == JsonToken.END_OBJECT) {
            names.end();
        }
        return token;
    }

    private SynclineException translated(IOException e) {
        return e instanceof JsonProcessingException || e instanceof CharacterCodingException
                // Jackson's own message may quote the input, so it stays in the cause.
                ? new SynclineException(
                        ErrorCode.INVALID,
                        "JSON at '" + path() + "': malformed or beyond limits",
                        e)
                : new SynclineException(ErrorCode.UNAVAILABLE, "cannot read JSON", e);
    }

    /** A stream that refuses to be longer than its bound, and that Jackson can't close. */
    private static final class Bounded extends FilterInputStream {
        private final long bytesMax;
        private long left;

        Bounded(InputStream in, long bytesMax) {
            super(in);
            this.bytesMax = bytesMax;
            this.left = bytesMax;
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            if (read >= 0) {
                count(1);
            }
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            if (read > 0) {
                count(read);
            }
            return read;
        }

        private void count(int read) {
            left -= read;
            if (left < 0) {
                throw new SynclineException(
                        ErrorCode.TOO_LARGE, "more than " + bytesMax + " bytes of JSON");
            }
        }

        @Override
        public void close() {}
    }
}
