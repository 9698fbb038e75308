import type { Chain } from '@flotilla/sdk';
import { Ago } from '../parts/now';

/** The processes of one chain, and what their number is good for. */
export function InstancesPanel({ chain }: { readonly chain: Chain }) {
  const { instances, durability, lease } = chain.status;
  if (instances.length < 2 && !chain.spec.failover) return null;
  return (
    <section className="panel" aria-labelledby="instances-title">
      <h2 id="instances-title">Instances</h2>
      <p>{durability}</p>
      <table>
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
              <td>{id}</td>
              <td>{role === 'producer' ? `producer, epoch ${lease?.epoch ?? 1}` : role}</td>
              <td>{pid}</td>
              <td>
                <Ago at={startedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
