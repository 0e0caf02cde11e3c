import type { ResolveNotice } from '../../config/resolvePipeline.ts';

/** What was odd about the way a pipeline was asked for, in one line. */
export function noticeText(notice: ResolveNotice): string {
  return notice.kind === 'deprecated-alias'
    ? `warning: "${notice.alias}" is a deprecated name; running "${notice.pipelineId}" with CODEX_REVIEW_DEVTOOLS=1.`
    : `warning: ${notice.name} has no effect: design pipelines are not part of this tool.`;
}
