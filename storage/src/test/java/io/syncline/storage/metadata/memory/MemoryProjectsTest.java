package io.syncline.storage.metadata.memory;

import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.ProjectsContract;

final class MemoryProjectsTest extends ProjectsContract {
    @Override
    protected MetadataStore open() {
        return new MemoryMetadataStore();
    }
}
