package io.syncline.core.wire;

import io.syncline.core.column.ColumnReader;
import io.syncline.core.column.ColumnWriter;
import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.Node;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a page of a listing is spelt. Rows are spelt apart from what a page says of its listing, so
 * that they can be kept while only that changes.
 */
public enum ListingForm {
    /** What everyone reads, and browsers get. */
    JSON("application/json", 1) {
        @Override
        public byte[] rows(List<Node> nodes) {
            return new JsonWriter().array(nodes, TreeJson::writeNode).toBytes();
        }

        @Override
        public byte[] page(ChildrenPage.Head head, ByteBuffer rows) {
            return ListingJson.writeHead(new JsonWriter().beginObject(), head)
                    .document("nodes", rows)
                    .endObject()
                    .toBytes();
        }

        @Override
        public ChildrenPage read(byte[] page) {
            return WireJson.CHILDREN_PAGE.fromBytes(page);
        }
    },

    /**
     * What clients of ours ask for: read in an eighth of the time; {@code docs/formats.md} has the
     * bytes.
     */
    COLUMNS("application/vnd.syncline.listing", 0) {
        @Override
        public byte[] rows(List<Node> nodes) {
            return NodeColumns.write(nodes);
        }

        @Override
        public byte[] page(ChildrenPage.Head head, ByteBuffer rows) {
            ColumnWriter out = new ColumnWriter(HEAD_BYTES + rows.remaining());
            out.put(MAGIC);
            out.putUnsigned(head.version());
            out.putUnsigned(head.total());
            putCursor(out, head.before());
            putCursor(out, head.after());
            out.put(rows);
            return out.toBytes();
        }

        @Override
        public ChildrenPage read(byte[] page) {
            ColumnReader in = new ColumnReader(page, "a page of a listing");
            try {
                byte[] magic = new byte[MAGIC.length];
                in.copy(magic, 0, magic.length);
                if (!Arrays.equals(magic, MAGIC)) {
                    throw SynclineException.corrupt("not a page of a listing, or a later form");
                }
                var head =
                        new ChildrenPage.Head(sequence(in), sequence(in), cursor(in), cursor(in));
                List<Node> nodes = NodeColumns.read(in, Limits.CHILDREN_PAGE_ENTRIES_MAX);
                if (!in.atEnd()) {
                    throw SynclineException.corrupt("a page of a listing goes on behind its rows");
                }
                return new ChildrenPage(head, nodes);
            } catch (IndexOutOfBoundsException e) {
                throw new SynclineException(
                        ErrorCode.CORRUPT, "a page of a listing ends before its rows", e);
            }
        }
    };

    private static final byte[] MAGIC = {'S', 'L', 'C', 1};
    private static final int CURSOR_BYTES_MAX = 1 << 10;

    /** Room for all but the rows. */
    private static final int HEAD_BYTES = 64 + 2 * CURSOR_BYTES_MAX;

    private final String mediaType;
    private final int tailBytes;

    ListingForm(String mediaType, int tailBytes) {
        this.mediaType = mediaType;
        this.tailBytes = tailBytes;
    }

    /** As headers name it. */
    public String mediaType() {
        return mediaType;
    }

    /** The form that an answer's header {@code Content-Type} names. */
    public static Optional<ListingForm> of(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(form -> form.mediaType.equals(type)).findFirst();
    }

    /** Spells live nodes, at most {@link Limits#CHILDREN_PAGE_ENTRIES_MAX}. */
    public abstract byte[] rows(List<Node> nodes);

    /** Spells a page of rows that were spelt before; the buffer stays as it is. */
    public abstract byte[] page(ChildrenPage.Head head, ByteBuffer rows);

    /**
     * The rows in a page, as they were given to {@link #page}; a view of its bytes.
     *
     * @param length how many bytes they had
     */
    public ByteBuffer rows(byte[] page, int length) {
        return ByteBuffer.wrap(page, page.length - tailBytes - length, length).slice();
    }

    /**
     * The page that was spelt so.
     *
     * @throws SynclineException CORRUPT or INVALID where no page is spelt so
     */
    public abstract ChildrenPage read(byte[] page);

    private static void putCursor(ColumnWriter out, Optional<String> cursor) {
        byte[] text = cursor.orElse("").getBytes(StandardCharsets.UTF_8);
        out.putUnsigned(text.length);
        out.put(text);
    }

    private static Optional<String> cursor(ColumnReader in) {
        String text = in.text(in.unsigned(CURSOR_BYTES_MAX));
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static long sequence(ColumnReader in) {
        long number = in.unsigned();
        if (number > Node.MAX_SEQUENCE) {
            throw SynclineException.corrupt("a page of a listing has a number above 2^53");
        }
        return number;
    }
}
