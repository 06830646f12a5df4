// Why this table exists: what each route is to the table of roles (src/access/role.ts); a route that is missing here is
// open to nobody.
import type { Action } from '#access'

/** Routes of a VO name it as `:vo`; the others ask again once they know whose it is that is acted upon. */
export const routeActions: Readonly<Record<string, Action>> = {
  'GET /v1/status': 'read',
  'GET /v1/lint': 'read',
  'GET /v1/explain/:subject': 'read',
  // Nothing is written: it is a question with a long text.
  'POST /v1/whatif/entries': 'read',
  'POST /v1/whatif/packets': 'read',
  'GET /v1/directory/held': 'read',
  'POST /v1/directory/held': 'accept-mass-deletion',
  // Networks too; whoever may change machines may change those.
  'POST /v1/imports': 'change-machines',
  'GET /v1/directory/export/:format': 'read',
  'GET /v1/events': 'read',

  'GET /v1/machines': 'read',
  'POST /v1/machines': 'change-machines',
  'POST /v1/machine-orders': 'change-machines',
  'GET /v1/machines/:name': 'read',
  'PATCH /v1/machines/:name': 'change-machines',
  'DELETE /v1/machines/:name': 'change-machines',
  'GET /v1/machines/:name/timeline': 'read',
  'POST /v1/machines/:name/power': 'operate-machines',
  'POST /v1/machines/:name/confirm-off': 'operate-machines',
  'POST /v1/machines/:name/boot': 'operate-machines',
  'GET /v1/waiting': 'read',
  'POST /v1/waiting/:mac/adopt': 'confirm-identity',

  'GET /v1/networks': 'read',
  'POST /v1/networks': 'change-networks',
  'POST /v1/network-orders': 'change-networks',
  'GET /v1/networks/:name': 'read',
  'PATCH /v1/networks/:name': 'change-networks',
  'DELETE /v1/networks/:name': 'change-networks',
  'GET /v1/leases': 'read',
  'GET /v1/leases/:address': 'read',
  'DELETE /v1/leases/:address': 'release-leases',

  'GET /v1/tokens': 'manage-tokens',
  'POST /v1/tokens': 'manage-tokens',
  'DELETE /v1/tokens/:id': 'manage-tokens',

  'GET /v1/vos': 'read-vo',
  'POST /v1/vos': 'change-vos',
  'GET /v1/vos/:vo': 'read-vo',
  'PATCH /v1/vos/:vo': 'change-vos',
  'DELETE /v1/vos/:vo': 'change-vos',

  'GET /v1/images': 'read-vo',
  'POST /v1/images/:vo/:name': 'use-vo',
  'GET /v1/images/:vo/:id': 'read-vo',
  'POST /v1/images/:vo/:id/verify': 'use-vo',
  'DELETE /v1/images/:vo/:id': 'use-vo',

  'POST /v1/plans': 'use-vo',
  'GET /v1/clusters': 'read-vo',
  'POST /v1/clusters': 'use-vo',
  'GET /v1/clusters/:vo/:cluster': 'read-vo',
  'DELETE /v1/clusters/:vo/:cluster': 'use-vo',
  'GET /v1/clusters/:vo/:cluster/plan-down': 'read-vo',
  'GET /v1/clusters/:vo/:cluster/timeline': 'read-vo',

  'GET /v1/vcns': 'read-vo',
  'GET /v1/vcns/:vo/:cluster/:vcn': 'read-vo',
  // What is typed there changes the node.
  'GET /v1/vcns/:vo/:cluster/:vcn/console': 'use-vo',

  'GET /v1/jobs': 'read-vo',
  'GET /v1/jobs/:id': 'read-vo',
  'POST /v1/jobs/:id/cancel': 'use-vo',

  'GET /v1/hpl-runs': 'read-vo',
  'POST /v1/hpl-runs': 'use-vo',
  'GET /v1/hpl-runs/:id': 'read-vo',
  'GET /v1/hpl-comparisons': 'read-vo',
}
