import { CircleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { sentence } from '../api/client';
import { Button } from '../design/Button';
import { Empty } from '../design/Empty';

/** Shows that a part of the page failed, in its place, instead of an empty window. */
export class Boundary extends Component<{ children: ReactNode }, { fault?: string }> {
  override state: { fault?: string } = {};

  static getDerivedStateFromError(failure: unknown) {
    return { fault: sentence(failure) };
  }

  override render() {
    return this.state.fault === undefined ? (
      this.props.children
    ) : (
      <Empty icon={<CircleAlert />} title="This page failed" text={this.state.fault}>
        <Button look="main" onClick={() => location.reload()}>
          Load it again
        </Button>
      </Empty>
    );
  }
}
