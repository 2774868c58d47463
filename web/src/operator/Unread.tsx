import { CircleAlert } from 'lucide-react';
import { sentence } from '../api/client';
import { Head } from '../app/Head';
import { Button } from '../design/Button';
import { Empty, Waiting } from '../design/Empty';

/** In a page's place while there is nothing to show: that it is asked for, or why it can't be had. */
export function Unread({
  page,
  title,
  fault,
  again,
}: {
  /** The page's title, where it isn't there yet. */
  page?: string;
  title: string;
  fault: unknown;
  again(): void;
}) {
  return fault === undefined ? (
    <Waiting />
  ) : (
    <>
      {page !== undefined && <Head title={page} />}
      <Empty icon={<CircleAlert />} title={title} text={sentence(fault)}>
        <Button look="main" onClick={again}>
          Try again
        </Button>
      </Empty>
    </>
  );
}
