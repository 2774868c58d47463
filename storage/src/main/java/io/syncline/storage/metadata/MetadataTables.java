package io.syncline.storage.metadata;

import java.util.List;

/** A metadata store that can say how large its tables are. */
public interface MetadataTables {
    /**
     * One table.
     *
     * @param bytes of the table with its indexes
     */
    record TableSize(String name, long rows, long bytes) {}

    /** How much room the whole store takes. Cheap at any size. */
    long bytes();

    /** All tables in order of name. Reads the whole store: for an operator who asks. */
    List<TableSize> tables();
}
