package io.syncline.core.wire;

/**
 * Makes a project: the body of {@code POST /v1/projects}.
 *
 * @param portableNames whether commits refuse names that some file system can't tell apart
 */
public record ProjectRequest(String name, boolean portableNames) {
    public ProjectRequest {
        Label.check("the project's name", name);
    }
}
