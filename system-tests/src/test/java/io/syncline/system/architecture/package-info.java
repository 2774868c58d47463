/**
 * The rules of the house that a compiler can't hold, checked on the compiled classes of all
 * modules. Begin with {@link ArchitectureTest}; {@link House} holds the tables.
 */
@NullMarked
package io.syncline.system.architecture;

import org.jspecify.annotations.NullMarked;
