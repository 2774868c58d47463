package io.syncline.core.plan;

import java.util.List;

/**
 * What to do next, in this order: a value that can be printed, counted and tested before anything
 * happens. Empty when nothing can be done now.
 */
public record Plan(List<Step> steps) {
    public Plan {
        steps = List.copyOf(steps);
    }

    /** Whether carrying out this plan would change anything: it has a step besides reports. */
    public boolean isEmpty() {
        for (Step step : steps) {
            if (!(step instanceof Step.HoldBack)) {
                return false;
            }
        }
        return true;
    }
}
