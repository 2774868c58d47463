package io.syncline.system.bench.functions;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What one call of a benchmark's methods works on: its {@code size} of these. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Items {
    /** The unit of {@code size}: a noun in the plural. */
    String value();

    /** The method that the naive version is beside; empty where there is none. */
    String against() default "";

    /** What the naive version does instead. */
    String naive() default "";
}
