package io.syncline.system.sim;

/** An oracle failed while a world ran. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String oracle;

    /** That oracle failed, for that reason. */
    Violation(String oracle, String why) {
        super(why);
        this.oracle = oracle;
    }

    /** Its name. */
    String oracle() {
        return oracle;
    }
}
