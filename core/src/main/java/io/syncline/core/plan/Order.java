package io.syncline.core.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts what is to be done on one side in order: strongly connected components, dependencies first
 * (R. Tarjan, Depth-first search and linear graph algorithms, 1972; without recursion). A component
 * of several vertices is a knot, such as a swap of two names, that has to be done at once.
 */
final class Order {
    private final List<List<Vertex>> components = new ArrayList<>();
    private final ArrayDeque<Vertex> stack = new ArrayDeque<>();
    private final ArrayDeque<Vertex> path = new ArrayDeque<>();
    private int count;

    private Order() {}

    /** The components that can be done; what is blocked, or waits for something blocked, is not. */
    static List<List<Vertex>> of(List<Vertex> vertices) {
        Order order = new Order();
        for (Vertex vertex : vertices) {
            if (vertex.index == 0) {
                order.visit(vertex);
            }
        }
        return order.components;
    }

    private void visit(Vertex start) {
        enter(start);
        while (!path.isEmpty()) {
            Vertex vertex = path.element();
            if (vertex.next == vertex.after.size()) {
                path.pop();
                leave(vertex);
                continue;
            }
            Vertex other = vertex.after.get(vertex.next++);
            if (other.index == 0) {
                enter(other);
            } else if (other.onStack) {
                vertex.low = Math.min(vertex.low, other.index);
            } else {
                vertex.blocked |= other.blocked;
            }
        }
    }

    private void enter(Vertex vertex) {
        vertex.index = ++count;
        vertex.low = count;
        vertex.onStack = true;
        stack.push(vertex);
        path.push(vertex);
    }

    private void leave(Vertex vertex) {
        if (vertex.low == vertex.index) {
            complete(vertex);
        }
        Vertex waiting = path.peek();
        if (waiting != null) {
            waiting.low = Math.min(waiting.low, vertex.low);
            waiting.blocked |= vertex.blocked;
        }
    }

    private void complete(Vertex first) {
        if (stack.element() == first) {
            stack.pop();
            first.onStack = false;
            first.component = first.index;
            if (!first.blocked) {
                components.add(List.of(first));
            }
            return;
        }
        List<Vertex> component = new ArrayList<>();
        boolean blocked = false;
        Vertex vertex;
        do {
            vertex = stack.pop();
            vertex.onStack = false;
            vertex.component = first.index;
            component.add(vertex);
            blocked |= vertex.blocked;
        } while (vertex != first);
        for (Vertex member : component) {
            member.blocked = blocked;
        }
        if (!blocked) {
            components.add(component);
        }
    }
}
