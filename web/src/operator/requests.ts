import { api, data, type Schema } from '../api/client';

export type Account = Schema['AdminAccount'];
export type AuditEntry = Schema['AuditEntry'];
export type Limits = Schema['QuotaRequest'];
export type Overview = Schema['Overview'];
export type Quota = Schema['AdminQuota'];
export type ServerProject = Schema['AdminProject'];
export type Series = Schema['Series'];
export type Setting = Schema['AdminSetting'];

/** How projects can be sorted. */
export type ProjectSort = 'slowest' | 'largest' | 'busiest';

const PROJECTS_SHOWN = 10;
const ACCOUNTS_A_PAGE = 50;
const ENTRIES_A_PAGE = 100;

export function overview(): Promise<Overview> {
  return data(api.GET('/v1/admin/overview'));
}

export function series(minutes: number): Promise<Series> {
  return data(api.GET('/v1/admin/series', { params: { query: { minutes } } }));
}

export function listServerProjects(sort: ProjectSort): Promise<Schema['AdminProjects']> {
  return data(api.GET('/v1/admin/projects', { params: { query: { sort, limit: PROJECTS_SHOWN } } }));
}

export async function listErrors(): Promise<readonly Schema['AdminError'][]> {
  return (await data(api.GET('/v1/admin/errors'))).errors;
}

/** Begins a collection; what came of it is in the overview. */
export async function collect(dryRun: boolean): Promise<void> {
  await api.POST('/v1/admin/collect', { body: { dryRun } });
}

/** Accounts whose names begin so; all, where nothing is given. */
export function listAccounts(name: string, after: string | undefined): Promise<Schema['AdminAccounts']> {
  return data(
    api.GET('/v1/admin/accounts', {
      params: {
        query: {
          limit: ACCOUNTS_A_PAGE,
          ...(name !== '' && { name }),
          ...(after !== undefined && { after }),
        },
      },
    }),
  );
}

export function createAccount(body: Schema['AccountRequest']): Promise<Schema['AdminAccountMade']> {
  return data(api.POST('/v1/admin/accounts', { body }));
}

export function changeAccount(
  account: string,
  change: Partial<Schema['AccountChange']>,
): Promise<Schema['AdminAccountMade']> {
  return data(
    api.PATCH('/v1/admin/accounts/{account}', {
      params: { path: { account } },
      body: { resetPassword: false, ...change },
    }),
  );
}

export function putAccountQuota(account: string, body: Limits): Promise<Quota> {
  return data(api.PUT('/v1/admin/accounts/{account}/quota', { params: { path: { account } }, body }));
}

export function putProjectQuota(project: string, body: Limits): Promise<Quota> {
  return data(api.PUT('/v1/admin/projects/{project}/quota', { params: { path: { project } }, body }));
}

export async function listSettings(): Promise<readonly Setting[]> {
  return (await data(api.GET('/v1/admin/settings'))).settings;
}

export async function putSettings(changes: Schema['SettingChange'][]): Promise<readonly Setting[]> {
  return (await data(api.PUT('/v1/admin/settings', { body: { changes } }))).settings;
}

export function listAudit(
  account: string | undefined,
  before: number | undefined,
): Promise<Schema['AuditPage']> {
  return data(
    api.GET('/v1/admin/audit', {
      params: {
        query: {
          limit: ENTRIES_A_PAGE,
          ...(account !== undefined && { account }),
          ...(before !== undefined && { before }),
        },
      },
    }),
  );
}
