/**
 * Packs and snapshots' files as objects of an S3 bucket. Start with {@link
 * io.syncline.storage.block.s3.S3BlockStore} and {@link
 * io.syncline.storage.block.s3.S3SnapshotFiles}; {@code Bucket} is the few requests that both make,
 * {@code Gathering} how small appends share an object, {@code Segments} what was read lately.
 */
@NullMarked
package io.syncline.storage.block.s3;

import org.jspecify.annotations.NullMarked;
