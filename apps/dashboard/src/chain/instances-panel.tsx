import type { Chain } from '@flotilla/sdk';
import { Ago } from '../parts/now';

/** The processes of one chain, and what their number is good for. */
export function InstancesPanel({ chain }: { readonly chain: Chain }) {
  const { instances, durability, lease } = chain.status;
  if (instances.length < 2 && !chain.spec.failover) return null;
  return (
    <section className="panel panel-wide" aria-labelledby="instances-title">
      <h2 id="instances-title">Instances</h2>
      <div className="table-frame">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Instance</th>
              <th scope="col">Role</th>
              <th scope="col">Process</th>
              <th scope="col">Started</th>
            </tr>
          </thead>
          <tbody>
            {instances.map(({ id, role, pid, startedAt }) => (
              <tr key={id}>
                <th scope="row">{id}</th>
                <td data-label="Role">
                  {role === 'producer' ? `producer, epoch ${lease?.epoch ?? 1}` : role}
                </td>
                <td data-label="Process">pid {pid}</td>
                <td data-label="Started">
                  <Ago at={startedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted">{durability}</p>
    </section>
  );
}
