package io.syncline.system.bench;

/**
 * The tree of a measured project: one folder that holds many files, and the rest ten to a
 * directory, two hundred of these to a directory of the root.
 *
 * @param files all of them
 */
record Shape(int files) {
    /** What the budgets call a folder. */
    static final int FOLDER_FILES = 10_000;

    static final int LEAF_FILES = 10;
    static final int LEAVES = 200;

    /** Files in the one large folder: 10,000, or half of what is less than that. */
    int folderFiles() {
        return files >= FOLDER_FILES ? FOLDER_FILES : files / 2;
    }

    int leafFiles() {
        return files - folderFiles();
    }

    int leaves() {
        return Math.ceilDiv(leafFiles(), LEAF_FILES);
    }

    int parents() {
        return Math.ceilDiv(leaves(), LEAVES);
    }

    int directories() {
        return 1 + parents() + leaves();
    }

    int nodes() {
        return files + directories();
    }

    /** Names whose order has nothing to do with the order in which the files are made. */
    static String fileName(int file) {
        return "report " + Integer.toHexString(file * 0x9E3779B9) + ".txt";
    }

    /** A line or two, different for each file. */
    static String content(int file, int version) {
        return "report "
                + file
                + ", edition "
                + version
                + "\n"
                + Long.toHexString((file + 1L) * 0x9E3779B97F4A7C15L).repeat(1 + file % 7)
                + "\n";
    }
}
