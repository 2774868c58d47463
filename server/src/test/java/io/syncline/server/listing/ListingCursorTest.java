package io.syncline.server.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.wire.ListingOrder.Sort;
import io.syncline.storage.metadata.ListingKey;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingCursorTest {
    @Test
    void vectors() {
        assertThat(ListingCursor.encode(Sort.SIZE, new ListingKey(true, 0, "docs")))
                .isEqualTo("AQIAZG9jcw");
        assertThat(ListingCursor.encode(Sort.SIZE, new ListingKey(false, 5, "a.txt")))
                .isEqualTo("AQIBAAAAAAAAAAVhLnR4dA");
        assertThat(ListingCursor.encode(Sort.NAME, new ListingKey(false, 0, "a.txt")))
                .isEqualTo("AQEBYS50eHQ");
    }

    @Test
    void everyKeyComesBack() {
        for (Sort sort : Sort.values()) {
            for (String name : new String[] {"a", "é😀", "n".repeat(255)}) {
                for (long value : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
                    ListingKey file = new ListingKey(false, sort == Sort.NAME ? 0 : value, name);
                    ListingKey directory = new ListingKey(true, 0, name);
                    String cursor = ListingCursor.encode(sort, file);
                    assertThat(cursor.length()).isLessThanOrEqualTo(ListingCursor.CHARS_MAX);
                    assertThat(ListingCursor.decode(sort, cursor)).isEqualTo(file);
                    assertThat(ListingCursor.decode(sort, ListingCursor.encode(sort, directory)))
                            .isEqualTo(directory);
                }
            }
        }
        assertThat(ListingCursor.CHARS_MAX).isEqualTo(356);
    }

    /**
     * Another version, sort, part; no name, a bad one, bad UTF-8, too short, too long, no base64.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "AgEBYQ",
                "AAEBYQ",
                "AQIBYQ",
                "AQMAYQ",
                "AQECYQ",
                "AQEB",
                "AQEBLg",
                "AQEBLi4",
                "AQEBYS9i",
                "AQEBAA",
                "AQEB_w",
                "AQEBwK8",
                "AQ",
                "",
                "A",
                "AQEBYQ==x",
                "AQEB YQ",
                "äöü"
            })
    void whatIsNotOursIsRefused(String cursor) {
        refuse(cursor);
    }

    private static void refuse(String cursor) {
        assertThatThrownBy(() -> ListingCursor.decode(Sort.NAME, cursor))
                .isInstanceOfSatisfying(
                        SynclineException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }

    @Test
    void longOnesAreRefusedUnread() {
        refuse("A".repeat(357));
        refuse("A".repeat(1 << 20));
    }

    @Test
    void anyBytesAreAPositionOrRefused() {
        Random random = new Random(5);
        int positions = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[3 + random.nextInt(20)];
            random.nextBytes(bytes);
            bytes[0] = 1;
            bytes[1] = 2;
            bytes[2] = (byte) random.nextInt(3);
            String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            try {
                ListingKey key = ListingCursor.decode(Sort.SIZE, cursor);
                assertThat(ListingCursor.encode(Sort.SIZE, key)).isEqualTo(cursor);
                positions++;
            } catch (SynclineException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID);
            }
        }
        assertThat(positions).isPositive();
    }
}
