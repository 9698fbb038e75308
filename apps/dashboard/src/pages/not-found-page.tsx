import { Empty } from '../parts/notice';
import { Link } from '../router';

export function NotFoundPage() {
  return (
    <Empty title="There is nothing here.">
      <p>
        <Link to="/">Back to the fleet</Link>
      </p>
    </Empty>
  );
}
