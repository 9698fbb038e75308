import type { ReactNode } from 'react';

/*
 * The International Code of Signals gives every letter a flag. A chain flies that of its first letter:
 * told apart at a glance, and the same wherever the chain is shown. Drawn on a 12 × 12 field.
 */
const W = '#fdfdfb';
const B = '#1d4f9c';
const R = '#d3302f';
const Y = '#f5c518';
const K = '#16191d';

const field = (fill: string) => <rect key="field" width="12" height="12" fill={fill} />;
const box = (x: number, y: number, w: number, h: number, fill: string) => (
  <rect key={`${x}.${y}.${w}.${h}`} x={x} y={y} width={w} height={h} fill={fill} />
);
const shape = (d: string, fill: string) => <path key={d} d={d} fill={fill} />;
const SALTIRE = 'M0 0h2.6L6 3.4 9.4 0H12v2.6L8.6 6 12 9.4V12H9.4L6 8.6 2.6 12H0V9.4L3.4 6 0 2.6z';

const checks = (first: string, second: string) => [
  field(first),
  ...Array.from({ length: 16 }, (_, i) => i)
    .filter((i) => (Math.floor(i / 4) + i) % 2 === 1)
    .map((i) => box((i % 4) * 3, Math.floor(i / 4) * 3, 3, 3, second)),
];

const FLAGS: Readonly<Record<string, ReactNode>> = {
  a: [box(0, 0, 6, 12, W), shape('M6 0h6L9 6l3 6H6z', B)],
  b: shape('M0 0h12L9 6l3 6H0z', R),
  c: [field(B), box(0, 2.4, 12, 7.2, W), box(0, 4.8, 12, 2.4, R)],
  d: [field(Y), box(0, 3, 12, 6, B)],
  e: [box(0, 0, 12, 6, B), box(0, 6, 12, 6, R)],
  f: [field(W), shape('M6 0l6 6-6 6-6-6z', R)],
  g: [field(Y), box(2, 0, 2, 12, B), box(6, 0, 2, 12, B), box(10, 0, 2, 12, B)],
  h: [box(0, 0, 6, 12, W), box(6, 0, 6, 12, R)],
  i: [field(Y), <circle key="disc" cx="6" cy="6" r="2.8" fill={K} />],
  j: [field(B), box(0, 4, 12, 4, W)],
  k: [box(0, 0, 6, 12, Y), box(6, 0, 6, 12, B)],
  l: [field(Y), box(6, 0, 6, 6, K), box(0, 6, 6, 6, K)],
  m: [field(B), shape(SALTIRE, W)],
  n: checks(B, W),
  o: [field(Y), shape('M0 0h12v12z', R)],
  p: [field(B), box(3.5, 3.5, 5, 5, W)],
  q: field(Y),
  r: [field(R), box(4.8, 0, 2.4, 12, Y), box(0, 4.8, 12, 2.4, Y)],
  s: [field(W), box(3.5, 3.5, 5, 5, B)],
  t: [box(0, 0, 4, 12, R), box(4, 0, 4, 12, W), box(8, 0, 4, 12, B)],
  u: [field(W), box(0, 0, 6, 6, R), box(6, 6, 6, 6, R)],
  v: [field(W), shape(SALTIRE, R)],
  w: [field(B), box(2.4, 2.4, 7.2, 7.2, W), box(4.4, 4.4, 3.2, 3.2, R)],
  x: [field(W), box(4.6, 0, 2.8, 12, B), box(0, 4.6, 12, 2.8, B)],
  y: [
    field(Y),
    shape('M0 0h2.4L0 2.4zM4.8 0h2.4L0 7.2V4.8zM9.6 0H12L0 12V9.6zM12 2.4v2.4L4.8 12H2.4z', R),
    shape('M12 7.2v2.4L9.6 12H7.2z', R),
  ],
  z: [
    shape('M0 0h12L6 6z', Y),
    shape('M12 0v12L6 6z', B),
    shape('M0 12h12L6 6z', R),
    shape('M0 0v12l6-6z', K),
  ],
};

export function Flag({ name, size = 20 }: { readonly name: string; readonly size?: number }) {
  return (
    <svg className="flag" viewBox="0 0 12 12" width={size} height={size} aria-hidden="true">
      {FLAGS[name[0]]}
    </svg>
  );
}
