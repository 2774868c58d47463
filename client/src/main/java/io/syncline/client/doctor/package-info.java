/**
 * Looks at a device and says what is wrong with it, in words for its owner, and repairs what is
 * safe to repair. Read {@link io.syncline.client.doctor.Doctor} first. Nothing here deletes what a
 * person made: what is damaged is set aside, and what may hold somebody's bytes goes to the trash.
 */
@NullMarked
package io.syncline.client.doctor;

import org.jspecify.annotations.NullMarked;
