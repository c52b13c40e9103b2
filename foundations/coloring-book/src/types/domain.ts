// The words of the product, as the database checks them. database.ts is generated; this is what it cannot say.

// Tier & billing
export type Tier = "free" | "creator" | "studio";
export type PackId = "topup" | "boost";
export type Interval = "monthly" | "yearly";

// Content
export type Audience = "toddler" | "children" | "tween" | "teen" | "adult";
export type StylePreset = "bold-simple" | "kawaii" | "whimsical" | "cartoon" | "botanical";
export type LineWeight = "thick" | "medium" | "fine";
export type Complexity = "minimal" | "moderate" | "detailed" | "intricate";
export type TrimSize = "8.5x11" | "8.5x8.5" | "6x9";
export type PageType = "illustration" | "text-focus" | "pattern" | "educational";

// Jobs
export type JobType = "generation" | "export" | "hero_creation" | "calibration";
export type JobStatus = "pending" | "processing" | "completed" | "failed" | "cancelled";
export type JobItemStatus = "pending" | "processing" | "completed" | "failed" | "skipped";

// Quality
export type QualityStatus = "pass" | "needs_review" | "fail";
export type EditType = "initial" | "regenerate" | "inpaint" | "quick_action";

// Blots
export type BlotTransactionType =
  | "subscription_reset"
  | "subscription_upgrade"
  | "pack_purchase"
  | "generation"
  | "edit"
  | "hero"
  | "calibration"
  | "refund"
  | "signup_grant";

/** Both pools of an account. `subscription` is refilled at `resetsAt`, `pack` stays until it is used. */
export interface BlotBalance {
  subscription: number;
  pack: number;
  total: number;
  plan: Tier;
  planBlots: number;
  resetsAt: Date | null;
}

/** What is fixed when a project is created; `lineWeight` and `complexity` follow from the audience. */
export interface ProjectDNA {
  pageCount: number;
  trimSize: TrimSize;
  audience: Audience;
  stylePreset: StylePreset;
  lineWeight: LineWeight;
  complexity: Complexity;
  styleAnchorKey?: string;
  styleAnchorDescription?: string;
  heroId?: string;
}

export interface SafetyResult {
  safe: boolean;
  reason?: string;
  blockedKeywords?: string[];
  violations?: string[];
  suggestions?: string[];
}
