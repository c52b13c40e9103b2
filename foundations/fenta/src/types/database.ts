export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      api_keys: {
        Row: {
          created_at: string
          expires_at: string | null
          id: string
          key_hash: string
          key_prefix: string | null
          name: string
          org_id: string
          revoked_at: string | null
          scopes: NonNullable<Json>
          updated_at: string
          user_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          expires_at?: string | null
          id?: string
          key_hash: string
          key_prefix?: string | null
          name: string
          org_id: string
          revoked_at?: string | null
          scopes?: NonNullable<Json>
          updated_at?: string
          user_id: string
        }
        Update: {
          created_at?: string
          expires_at?: string | null
          id?: string
          key_hash?: string
          key_prefix?: string | null
          name?: string
          org_id?: string
          revoked_at?: string | null
          scopes?: NonNullable<Json>
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "api_keys_member_fkey"
            columns: ["org_id", "user_id"]
            isOneToOne: false
            referencedRelation: "org_members"
            referencedColumns: ["org_id", "user_id"]
          },
          {
            foreignKeyName: "api_keys_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "api_keys_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      asset_versions: {
        Row: {
          asset_id: string
          created_at: string
          id: string
          metadata: NonNullable<Json>
          org_id: string
          storage_path: string
          updated_at: string
          version: number
        }
        ComputedFields: never
        Insert: {
          asset_id: string
          created_at?: string
          id?: string
          metadata?: NonNullable<Json>
          org_id: string
          storage_path: string
          updated_at?: string
          version: number
        }
        Update: {
          asset_id?: string
          created_at?: string
          id?: string
          metadata?: NonNullable<Json>
          org_id?: string
          storage_path?: string
          updated_at?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "asset_versions_asset_id_fkey"
            columns: ["asset_id", "org_id"]
            isOneToOne: false
            referencedRelation: "assets"
            referencedColumns: ["id", "org_id"]
          },
        ]
      }
      assets: {
        Row: {
          created_at: string
          deleted_at: string | null
          duration_seconds: number | null
          fps: number | null
          height: number | null
          id: string
          metadata: NonNullable<Json>
          org_id: string
          project_id: string | null
          source: string
          status: string
          storage_path: string | null
          thumbnail_url: string | null
          type: string
          updated_at: string
          url: string | null
          width: number | null
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          deleted_at?: string | null
          duration_seconds?: number | null
          fps?: number | null
          height?: number | null
          id?: string
          metadata?: NonNullable<Json>
          org_id: string
          project_id?: string | null
          source?: string
          status?: string
          storage_path?: string | null
          thumbnail_url?: string | null
          type: string
          updated_at?: string
          url?: string | null
          width?: number | null
        }
        Update: {
          created_at?: string
          deleted_at?: string | null
          duration_seconds?: number | null
          fps?: number | null
          height?: number | null
          id?: string
          metadata?: NonNullable<Json>
          org_id?: string
          project_id?: string | null
          source?: string
          status?: string
          storage_path?: string | null
          thumbnail_url?: string | null
          type?: string
          updated_at?: string
          url?: string | null
          width?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "assets_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "assets_project_id_fkey"
            columns: ["project_id", "org_id"]
            isOneToOne: false
            referencedRelation: "projects"
            referencedColumns: ["id", "org_id"]
          },
        ]
      }
      credit_packs: {
        Row: {
          created_at: string
          credits_purchased: number
          credits_remaining: number
          expires_at: string | null
          id: string
          org_id: string
          pack_type: string
          price_usd: number | null
          stripe_payment_id: string | null
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          credits_purchased: number
          credits_remaining: number
          expires_at?: string | null
          id?: string
          org_id: string
          pack_type: string
          price_usd?: number | null
          stripe_payment_id?: string | null
          updated_at?: string
        }
        Update: {
          created_at?: string
          credits_purchased?: number
          credits_remaining?: number
          expires_at?: string | null
          id?: string
          org_id?: string
          pack_type?: string
          price_usd?: number | null
          stripe_payment_id?: string | null
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "credit_packs_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
        ]
      }
      integrations: {
        Row: {
          config: NonNullable<Json>
          created_at: string
          credentials: Json | null
          id: string
          org_id: string
          provider: string
          status: string
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          config?: NonNullable<Json>
          created_at?: string
          credentials?: Json | null
          id?: string
          org_id: string
          provider: string
          status?: string
          updated_at?: string
        }
        Update: {
          config?: NonNullable<Json>
          created_at?: string
          credentials?: Json | null
          id?: string
          org_id?: string
          provider?: string
          status?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "integrations_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
        ]
      }
      invoices: {
        Row: {
          amount_usd: number
          created_at: string
          id: string
          line_items: NonNullable<Json>
          org_id: string
          period_end: string | null
          period_start: string | null
          status: string
          stripe_invoice_id: string | null
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          amount_usd: number
          created_at?: string
          id?: string
          line_items?: NonNullable<Json>
          org_id: string
          period_end?: string | null
          period_start?: string | null
          status?: string
          stripe_invoice_id?: string | null
          updated_at?: string
        }
        Update: {
          amount_usd?: number
          created_at?: string
          id?: string
          line_items?: NonNullable<Json>
          org_id?: string
          period_end?: string | null
          period_start?: string | null
          status?: string
          stripe_invoice_id?: string | null
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "invoices_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
        ]
      }
      job_logs: {
        Row: {
          created_at: string
          data: Json | null
          id: string
          job_id: string
          level: string
          message: string
          org_id: string
          stage: string | null
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          data?: Json | null
          id?: string
          job_id: string
          level?: string
          message: string
          org_id: string
          stage?: string | null
          updated_at?: string
        }
        Update: {
          created_at?: string
          data?: Json | null
          id?: string
          job_id?: string
          level?: string
          message?: string
          org_id?: string
          stage?: string | null
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "job_logs_job_id_fkey"
            columns: ["job_id", "org_id"]
            isOneToOne: false
            referencedRelation: "jobs"
            referencedColumns: ["id", "org_id"]
          },
        ]
      }
      jobs: {
        Row: {
          completed_at: string | null
          config: NonNullable<Json>
          cost_kai_credits: number
          cost_render_seconds: number
          cost_tokens: number
          cost_total_usd: number
          created_at: string
          error: Json | null
          id: string
          org_id: string
          parent_job_id: string | null
          progress: number
          project_id: string | null
          queued_at: string
          result: Json | null
          retry_count: number
          started_at: string | null
          status: string
          template_id: string | null
          updated_at: string
          workflow_id: string | null
        }
        ComputedFields: never
        Insert: {
          completed_at?: string | null
          config?: NonNullable<Json>
          cost_kai_credits?: number
          cost_render_seconds?: number
          cost_tokens?: number
          cost_total_usd?: number
          created_at?: string
          error?: Json | null
          id?: string
          org_id: string
          parent_job_id?: string | null
          progress?: number
          project_id?: string | null
          queued_at?: string
          result?: Json | null
          retry_count?: number
          started_at?: string | null
          status?: string
          template_id?: string | null
          updated_at?: string
          workflow_id?: string | null
        }
        Update: {
          completed_at?: string | null
          config?: NonNullable<Json>
          cost_kai_credits?: number
          cost_render_seconds?: number
          cost_tokens?: number
          cost_total_usd?: number
          created_at?: string
          error?: Json | null
          id?: string
          org_id?: string
          parent_job_id?: string | null
          progress?: number
          project_id?: string | null
          queued_at?: string
          result?: Json | null
          retry_count?: number
          started_at?: string | null
          status?: string
          template_id?: string | null
          updated_at?: string
          workflow_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "jobs_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "jobs_parent_job_id_fkey"
            columns: ["parent_job_id", "org_id"]
            isOneToOne: false
            referencedRelation: "jobs"
            referencedColumns: ["id", "org_id"]
          },
          {
            foreignKeyName: "jobs_project_id_fkey"
            columns: ["project_id", "org_id"]
            isOneToOne: false
            referencedRelation: "projects"
            referencedColumns: ["id", "org_id"]
          },
          {
            foreignKeyName: "jobs_template_id_fkey"
            columns: ["template_id"]
            isOneToOne: false
            referencedRelation: "templates"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "jobs_workflow_id_fkey"
            columns: ["workflow_id", "org_id"]
            isOneToOne: false
            referencedRelation: "workflows"
            referencedColumns: ["id", "org_id"]
          },
        ]
      }
      kai_generations: {
        Row: {
          cost_usd: number
          created_at: string
          credits_used: number
          external_task_id: string | null
          id: string
          job_id: string | null
          model: string | null
          org_id: string
          params: NonNullable<Json>
          prompt: string | null
          result_asset_ids: string[]
          status: string
          type: string
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          cost_usd?: number
          created_at?: string
          credits_used?: number
          external_task_id?: string | null
          id?: string
          job_id?: string | null
          model?: string | null
          org_id: string
          params?: NonNullable<Json>
          prompt?: string | null
          result_asset_ids?: string[]
          status?: string
          type: string
          updated_at?: string
        }
        Update: {
          cost_usd?: number
          created_at?: string
          credits_used?: number
          external_task_id?: string | null
          id?: string
          job_id?: string | null
          model?: string | null
          org_id?: string
          params?: NonNullable<Json>
          prompt?: string | null
          result_asset_ids?: string[]
          status?: string
          type?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "kai_generations_job_id_fkey"
            columns: ["job_id", "org_id"]
            isOneToOne: false
            referencedRelation: "jobs"
            referencedColumns: ["id", "org_id"]
          },
          {
            foreignKeyName: "kai_generations_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
        ]
      }
      org_members: {
        Row: {
          created_at: string
          id: string
          org_id: string
          role: string
          updated_at: string
          user_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          id?: string
          org_id: string
          role?: string
          updated_at?: string
          user_id: string
        }
        Update: {
          created_at?: string
          id?: string
          org_id?: string
          role?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "org_members_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "org_members_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      orgs: {
        Row: {
          billing_email: string | null
          created_at: string
          deleted_at: string | null
          id: string
          name: string
          owner_id: string | null
          plan: string
          settings: NonNullable<Json>
          slug: string
          stripe_customer_id: string | null
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          billing_email?: string | null
          created_at?: string
          deleted_at?: string | null
          id?: string
          name: string
          owner_id?: string | null
          plan?: string
          settings?: NonNullable<Json>
          slug: string
          stripe_customer_id?: string | null
          updated_at?: string
        }
        Update: {
          billing_email?: string | null
          created_at?: string
          deleted_at?: string | null
          id?: string
          name?: string
          owner_id?: string | null
          plan?: string
          settings?: NonNullable<Json>
          slug?: string
          stripe_customer_id?: string | null
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "orgs_owner_id_fkey"
            columns: ["owner_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      profiles: {
        Row: {
          avatar_url: string | null
          created_at: string
          id: string
          metadata: NonNullable<Json>
          name: string | null
          role: string
          status: string
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          avatar_url?: string | null
          created_at?: string
          id: string
          metadata?: NonNullable<Json>
          name?: string | null
          role?: string
          status?: string
          updated_at?: string
        }
        Update: {
          avatar_url?: string | null
          created_at?: string
          id?: string
          metadata?: NonNullable<Json>
          name?: string | null
          role?: string
          status?: string
          updated_at?: string
        }
        Relationships: []
      }
      projects: {
        Row: {
          created_at: string
          deleted_at: string | null
          description: string | null
          id: string
          name: string
          org_id: string
          settings: NonNullable<Json>
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          name: string
          org_id: string
          settings?: NonNullable<Json>
          updated_at?: string
        }
        Update: {
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          name?: string
          org_id?: string
          settings?: NonNullable<Json>
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "projects_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
        ]
      }
      quota_limits: {
        Row: {
          allow_overage: boolean
          created_at: string
          id: string
          kai_credits_limit: number | null
          kai_credits_used: number
          org_id: string
          overage_cap_usd: number | null
          overage_usd_used: number
          render_seconds_limit: number | null
          render_seconds_used: number
          reset_at: string
          storage_bytes_limit: number | null
          storage_bytes_used: number
          tokens_limit: number | null
          tokens_used: number
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          allow_overage?: boolean
          created_at?: string
          id?: string
          kai_credits_limit?: number | null
          kai_credits_used?: number
          org_id: string
          overage_cap_usd?: number | null
          overage_usd_used?: number
          render_seconds_limit?: number | null
          render_seconds_used?: number
          reset_at?: string
          storage_bytes_limit?: number | null
          storage_bytes_used?: number
          tokens_limit?: number | null
          tokens_used?: number
          updated_at?: string
        }
        Update: {
          allow_overage?: boolean
          created_at?: string
          id?: string
          kai_credits_limit?: number | null
          kai_credits_used?: number
          org_id?: string
          overage_cap_usd?: number | null
          overage_usd_used?: number
          render_seconds_limit?: number | null
          render_seconds_used?: number
          reset_at?: string
          storage_bytes_limit?: number | null
          storage_bytes_used?: number
          tokens_limit?: number | null
          tokens_used?: number
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "quota_limits_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: true
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
        ]
      }
      renders: {
        Row: {
          bitrate_kbps: number | null
          codec: string | null
          created_at: string
          duration_seconds: number | null
          file_size_bytes: number | null
          fps: number | null
          id: string
          job_id: string
          org_id: string
          resolution: string | null
          srt_url: string | null
          thumbnail_url: string | null
          updated_at: string
          video_storage_path: string | null
          video_url: string | null
        }
        ComputedFields: never
        Insert: {
          bitrate_kbps?: number | null
          codec?: string | null
          created_at?: string
          duration_seconds?: number | null
          file_size_bytes?: number | null
          fps?: number | null
          id?: string
          job_id: string
          org_id: string
          resolution?: string | null
          srt_url?: string | null
          thumbnail_url?: string | null
          updated_at?: string
          video_storage_path?: string | null
          video_url?: string | null
        }
        Update: {
          bitrate_kbps?: number | null
          codec?: string | null
          created_at?: string
          duration_seconds?: number | null
          file_size_bytes?: number | null
          fps?: number | null
          id?: string
          job_id?: string
          org_id?: string
          resolution?: string | null
          srt_url?: string | null
          thumbnail_url?: string | null
          updated_at?: string
          video_storage_path?: string | null
          video_url?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "renders_job_id_fkey"
            columns: ["job_id", "org_id"]
            isOneToOne: false
            referencedRelation: "jobs"
            referencedColumns: ["id", "org_id"]
          },
        ]
      }
      schedules: {
        Row: {
          created_at: string
          cron: string
          enabled: boolean
          id: string
          last_run_at: string | null
          next_run_at: string | null
          org_id: string
          run_count: number
          timezone: string
          updated_at: string
          workflow_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          cron: string
          enabled?: boolean
          id?: string
          last_run_at?: string | null
          next_run_at?: string | null
          org_id: string
          run_count?: number
          timezone?: string
          updated_at?: string
          workflow_id: string
        }
        Update: {
          created_at?: string
          cron?: string
          enabled?: boolean
          id?: string
          last_run_at?: string | null
          next_run_at?: string | null
          org_id?: string
          run_count?: number
          timezone?: string
          updated_at?: string
          workflow_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "schedules_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "schedules_workflow_id_fkey"
            columns: ["workflow_id", "org_id"]
            isOneToOne: false
            referencedRelation: "workflows"
            referencedColumns: ["id", "org_id"]
          },
        ]
      }
      templates: {
        Row: {
          aspect: string
          created_at: string
          deleted_at: string | null
          description: string | null
          id: string
          is_public: boolean
          name: string
          org_id: string
          project_id: string | null
          resolution: string | null
          spec: NonNullable<Json>
          thumbnail_url: string | null
          updated_at: string
          usage_count: number
        }
        ComputedFields: never
        Insert: {
          aspect?: string
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_public?: boolean
          name: string
          org_id: string
          project_id?: string | null
          resolution?: string | null
          spec?: NonNullable<Json>
          thumbnail_url?: string | null
          updated_at?: string
          usage_count?: number
        }
        Update: {
          aspect?: string
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_public?: boolean
          name?: string
          org_id?: string
          project_id?: string | null
          resolution?: string | null
          spec?: NonNullable<Json>
          thumbnail_url?: string | null
          updated_at?: string
          usage_count?: number
        }
        Relationships: [
          {
            foreignKeyName: "templates_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "templates_project_id_fkey"
            columns: ["project_id", "org_id"]
            isOneToOne: false
            referencedRelation: "projects"
            referencedColumns: ["id", "org_id"]
          },
        ]
      }
      usage_records: {
        Row: {
          cost_usd: number | null
          created_at: string
          id: string
          job_id: string | null
          kai_credits: number | null
          kai_model: string | null
          llm_model: string | null
          llm_tokens_output: number | null
          llm_tokens_prompt: number | null
          org_id: string
          render_profile: string | null
          render_seconds: number | null
          resource_type: string
          storage_bytes: number | null
          updated_at: string
          user_id: string | null
        }
        ComputedFields: never
        Insert: {
          cost_usd?: number | null
          created_at?: string
          id?: string
          job_id?: string | null
          kai_credits?: number | null
          kai_model?: string | null
          llm_model?: string | null
          llm_tokens_output?: number | null
          llm_tokens_prompt?: number | null
          org_id: string
          render_profile?: string | null
          render_seconds?: number | null
          resource_type: string
          storage_bytes?: number | null
          updated_at?: string
          user_id?: string | null
        }
        Update: {
          cost_usd?: number | null
          created_at?: string
          id?: string
          job_id?: string | null
          kai_credits?: number | null
          kai_model?: string | null
          llm_model?: string | null
          llm_tokens_output?: number | null
          llm_tokens_prompt?: number | null
          org_id?: string
          render_profile?: string | null
          render_seconds?: number | null
          resource_type?: string
          storage_bytes?: number | null
          updated_at?: string
          user_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "usage_records_job_id_fkey"
            columns: ["job_id", "org_id"]
            isOneToOne: false
            referencedRelation: "jobs"
            referencedColumns: ["id", "org_id"]
          },
          {
            foreignKeyName: "usage_records_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "usage_records_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["id"]
          },
        ]
      }
      webhook_deliveries: {
        Row: {
          attempts: number
          created_at: string
          event: string
          http_status: number | null
          id: string
          next_retry_at: string | null
          org_id: string
          payload: NonNullable<Json>
          response_body: string | null
          status: string
          updated_at: string
          webhook_id: string
        }
        ComputedFields: never
        Insert: {
          attempts?: number
          created_at?: string
          event: string
          http_status?: number | null
          id?: string
          next_retry_at?: string | null
          org_id: string
          payload: NonNullable<Json>
          response_body?: string | null
          status?: string
          updated_at?: string
          webhook_id: string
        }
        Update: {
          attempts?: number
          created_at?: string
          event?: string
          http_status?: number | null
          id?: string
          next_retry_at?: string | null
          org_id?: string
          payload?: NonNullable<Json>
          response_body?: string | null
          status?: string
          updated_at?: string
          webhook_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "webhook_deliveries_webhook_id_fkey"
            columns: ["webhook_id", "org_id"]
            isOneToOne: false
            referencedRelation: "webhooks"
            referencedColumns: ["id", "org_id"]
          },
        ]
      }
      webhooks: {
        Row: {
          created_at: string
          enabled: boolean
          events: string[]
          id: string
          org_id: string
          secret: string
          updated_at: string
          url: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          enabled?: boolean
          events: string[]
          id?: string
          org_id: string
          secret: string
          updated_at?: string
          url: string
        }
        Update: {
          created_at?: string
          enabled?: boolean
          events?: string[]
          id?: string
          org_id?: string
          secret?: string
          updated_at?: string
          url?: string
        }
        Relationships: [
          {
            foreignKeyName: "webhooks_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
        ]
      }
      workflow_versions: {
        Row: {
          created_at: string
          graph: NonNullable<Json>
          id: string
          org_id: string
          updated_at: string
          version: number
          workflow_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          graph: NonNullable<Json>
          id?: string
          org_id: string
          updated_at?: string
          version: number
          workflow_id: string
        }
        Update: {
          created_at?: string
          graph?: NonNullable<Json>
          id?: string
          org_id?: string
          updated_at?: string
          version?: number
          workflow_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "workflow_versions_workflow_id_fkey"
            columns: ["workflow_id", "org_id"]
            isOneToOne: false
            referencedRelation: "workflows"
            referencedColumns: ["id", "org_id"]
          },
        ]
      }
      workflows: {
        Row: {
          created_at: string
          deleted_at: string | null
          graph: NonNullable<Json>
          id: string
          last_run_at: string | null
          name: string
          org_id: string
          project_id: string | null
          run_count: number
          status: string
          updated_at: string
          variables: NonNullable<Json>
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          deleted_at?: string | null
          graph?: NonNullable<Json>
          id?: string
          last_run_at?: string | null
          name: string
          org_id: string
          project_id?: string | null
          run_count?: number
          status?: string
          updated_at?: string
          variables?: NonNullable<Json>
        }
        Update: {
          created_at?: string
          deleted_at?: string | null
          graph?: NonNullable<Json>
          id?: string
          last_run_at?: string | null
          name?: string
          org_id?: string
          project_id?: string | null
          run_count?: number
          status?: string
          updated_at?: string
          variables?: NonNullable<Json>
        }
        Relationships: [
          {
            foreignKeyName: "workflows_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "workflows_project_id_fkey"
            columns: ["project_id", "org_id"]
            isOneToOne: false
            referencedRelation: "projects"
            referencedColumns: ["id", "org_id"]
          },
        ]
      }
    }
    Views: {
      mv_daily_usage: {
        Row: {
          cost_usd: number | null
          day: string | null
          kai_credits: number | null
          org_id: string
          records: number | null
          render_seconds: number | null
          resource_type: string
          storage_bytes: number | null
          tokens: number | null
        }
        ComputedFields: never
        Relationships: [
          {
            foreignKeyName: "usage_records_org_id_fkey"
            columns: ["org_id"]
            isOneToOne: false
            referencedRelation: "orgs"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Functions: {
      add_credit_pack: {
        Args: {
          p_credits: number
          p_expires_at?: string
          p_org_id: string
          p_pack_type: string
          p_price_usd: number
          p_stripe_payment_id: string
        }
        Returns: string
      }
      apply_stripe_event: { Args: { event: Json }; Returns: string }
      bin: {
        Args: { p_id: string; p_kind: string; p_restore?: boolean }
        Returns: boolean
      }
      cancel_job: {
        Args: { p_job_id: string }
        Returns: {
          completed_at: string | null
          config: NonNullable<Json>
          cost_kai_credits: number
          cost_render_seconds: number
          cost_tokens: number
          cost_total_usd: number
          created_at: string
          error: Json | null
          id: string
          org_id: string
          parent_job_id: string | null
          progress: number
          project_id: string | null
          queued_at: string
          result: Json | null
          retry_count: number
          started_at: string | null
          status: string
          template_id: string | null
          updated_at: string
          workflow_id: string | null
        }[]
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      check_quota: {
        Args: {
          kai_credits: number
          org_id: string
          render_seconds: number
          tokens: number
        }
        Returns: boolean
      }
      claim_jobs: {
        Args: { most?: number }
        Returns: {
          completed_at: string | null
          config: NonNullable<Json>
          cost_kai_credits: number
          cost_render_seconds: number
          cost_tokens: number
          cost_total_usd: number
          created_at: string
          error: Json | null
          id: string
          org_id: string
          parent_job_id: string | null
          progress: number
          project_id: string | null
          queued_at: string
          result: Json | null
          retry_count: number
          started_at: string | null
          status: string
          template_id: string | null
          updated_at: string
          workflow_id: string | null
        }[]
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      claim_webhook_deliveries: {
        Args: { most?: number }
        Returns: {
          attempts: number
          event: string
          id: string
          payload: Json
          secret: string
          url: string
        }[]
      }
      consume_quota: {
        Args: {
          kai_credits: number
          org_id: string
          p_idempotency_key?: string
          p_job_id?: string
          p_user_id?: string
          render_seconds: number
          tokens: number
        }
        Returns: boolean
      }
      create_api_key: {
        Args: {
          p_expires_at?: string
          p_name: string
          p_org_id: string
          p_scopes?: Json
        }
        Returns: {
          id: string
          key: string
          key_prefix: string
        }[]
      }
      create_webhook: {
        Args: { p_events: string[]; p_org_id: string; p_url: string }
        Returns: {
          id: string
          secret: string
        }[]
      }
      daily_usage: {
        Args: { p_from?: string; p_org_id: string; p_to?: string }
        Returns: {
          cost_usd: number | null
          day: string | null
          kai_credits: number | null
          org_id: string
          records: number | null
          render_seconds: number | null
          resource_type: string
          storage_bytes: number | null
          tokens: number | null
        }[]
        SetofOptions: {
          from: "*"
          to: "mv_daily_usage"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      delete_org: { Args: { p_org_id: string }; Returns: undefined }
      finish_webhook_delivery: {
        Args: {
          p_delivery_id: string
          p_http_status: number
          p_response_body?: string
        }
        Returns: string
      }
      integration_credentials: {
        Args: { p_integration_id: string }
        Returns: Json
      }
      parse_prefixed_id: {
        Args: { prefix: string; prefixed: string }
        Returns: string
      }
      prefixed_id: { Args: { id: string; prefix: string }; Returns: string }
      reset_quota: { Args: { p_org_id: string }; Returns: undefined }
      retry_job: {
        Args: { p_job_id: string }
        Returns: {
          completed_at: string | null
          config: NonNullable<Json>
          cost_kai_credits: number
          cost_render_seconds: number
          cost_tokens: number
          cost_total_usd: number
          created_at: string
          error: Json | null
          id: string
          org_id: string
          parent_job_id: string | null
          progress: number
          project_id: string | null
          queued_at: string
          result: Json | null
          retry_count: number
          started_at: string | null
          status: string
          template_id: string | null
          updated_at: string
          workflow_id: string | null
        }
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      revoke_api_key: { Args: { p_key_id: string }; Returns: boolean }
      set_integration: {
        Args: {
          p_config?: Json
          p_credentials: Json
          p_org_id: string
          p_provider: string
        }
        Returns: string
      }
      transfer_org: {
        Args: { p_org_id: string; p_user_id: string }
        Returns: undefined
      }
      verify_api_key: {
        Args: { p_key: string }
        Returns: {
          key_id: string
          org_id: string
          role: string
          scopes: Json
          user_id: string
        }[]
      }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {},
  },
} as const
