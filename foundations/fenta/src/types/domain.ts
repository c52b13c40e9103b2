// The words of the product, as the database checks them. database.ts is generated; this is what it cannot say.

// People and organisations
export type ProfileRole = "user" | "admin";
export type ProfileStatus = "active" | "suspended";
export type Plan = "free" | "starter" | "pro" | "enterprise";
export type OrgRole = "owner" | "admin" | "editor" | "viewer";
export type Scope = "read" | "write" | "admin";

// Content
export type Aspect = "9:16" | "16:9" | "1:1";
export type WorkflowStatus = "draft" | "confirmed" | "production" | "archived";
export type AssetType = "image" | "video" | "audio";
export type AssetSource = "upload" | "stock" | "kai";
export type AssetStatus = "processing" | "ready" | "failed";
export type BinKind = "project" | "template" | "workflow" | "asset";

// Jobs
export type JobStatus = "queued" | "processing" | "completed" | "failed" | "cancelled";
export type LogLevel = "debug" | "info" | "warn" | "error";
export type WebhookEvent = "job.completed" | "job.failed" | "job.cancelled" | "*";
export type DeliveryStatus = "pending" | "success" | "failed";

// Billing
export type ResourceType = "llm_tokens" | "kai_credits" | "render_seconds" | "storage";
export type InvoiceStatus = "draft" | "open" | "paid" | "void";
export type IntegrationProvider = "kai" | "openai" | "pexels" | "stripe";
export type IntegrationStatus = "active" | "expired" | "revoked";
export type GenerationType = "image" | "video" | "edit" | "voice" | "music";
export type GenerationStatus = JobStatus;

/** What an id begins with at the edge of the API; columns hold plain uuids. */
export type IdPrefix = "user" | "org" | "wf" | "job" | "tmpl" | "asset";
export type PrefixedId<P extends IdPrefix> = `${P}_${string}`;

/** A workflow's `graph`. */
export interface WorkflowGraph {
  nodes: { id: string; type: string; [key: string]: unknown }[];
  edges: { source: string; target: string; [key: string]: unknown }[];
}

/** A template's `spec`. */
export interface TemplateSpec {
  tracks?: unknown[];
  overlays?: unknown[];
  placeholders?: unknown[];
  rules?: unknown[];
}

/** What webhooks are told; `id` begins with `job_`. */
export interface JobEvent {
  id: PrefixedId<"job">;
  status: Extract<JobStatus, "completed" | "failed" | "cancelled">;
  result: unknown;
  error: { code: string; message: string } | null;
}
