import { Component, type ReactNode } from 'react';
import { Empty, ErrorNotice } from './notice';

interface Props {
  /** Another path gets another chance. */
  readonly path: string;
  readonly children: ReactNode;
}

/** A fault of ours on one page leaves the others reachable. */
export class Boundary extends Component<Props> {
  override state: { readonly error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(previous: Props) {
    if (previous.path !== this.props.path && this.state.error !== undefined) this.#reset();
  }

  readonly #reset = () => this.setState({ error: undefined });

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <Empty title="This page can't be shown.">
        <ErrorNotice error={error} onRetry={this.#reset} />
      </Empty>
    );
  }
}
