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
      assets: {
        Row: {
          content_type: string | null
          created_at: string
          hero_id: string | null
          id: string
          owner_id: string
          page_id: string | null
          project_id: string | null
          r2_key: string
          size_bytes: number
          type: string
        }
        ComputedFields: never
        Insert: {
          content_type?: string | null
          created_at?: string
          hero_id?: string | null
          id?: string
          owner_id: string
          page_id?: string | null
          project_id?: string | null
          r2_key: string
          size_bytes: number
          type: string
        }
        Update: {
          content_type?: string | null
          created_at?: string
          hero_id?: string | null
          id?: string
          owner_id?: string
          page_id?: string | null
          project_id?: string | null
          r2_key?: string
          size_bytes?: number
          type?: string
        }
        Relationships: [
          {
            foreignKeyName: "assets_hero_id_fkey"
            columns: ["hero_id", "owner_id"]
            isOneToOne: false
            referencedRelation: "heroes"
            referencedColumns: ["id", "owner_id"]
          },
          {
            foreignKeyName: "assets_page_id_fkey"
            columns: ["page_id", "owner_id"]
            isOneToOne: false
            referencedRelation: "pages"
            referencedColumns: ["id", "owner_id"]
          },
          {
            foreignKeyName: "assets_project_id_fkey"
            columns: ["project_id", "owner_id"]
            isOneToOne: false
            referencedRelation: "projects"
            referencedColumns: ["id", "owner_id"]
          },
        ]
      }
      blot_transactions: {
        Row: {
          created_at: string
          description: string | null
          id: string
          job_id: string | null
          owner_id: string | null
          pack_delta: number
          pack_id: string | null
          stripe_invoice_id: string | null
          stripe_session_id: string | null
          subscription_delta: number
          type: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          description?: string | null
          id?: string
          job_id?: string | null
          owner_id?: string | null
          pack_delta?: number
          pack_id?: string | null
          stripe_invoice_id?: string | null
          stripe_session_id?: string | null
          subscription_delta?: number
          type: string
        }
        Update: {
          created_at?: string
          description?: string | null
          id?: string
          job_id?: string | null
          owner_id?: string | null
          pack_delta?: number
          pack_id?: string | null
          stripe_invoice_id?: string | null
          stripe_session_id?: string | null
          subscription_delta?: number
          type?: string
        }
        Relationships: [
          {
            foreignKeyName: "blot_transactions_job_id_fkey"
            columns: ["job_id"]
            isOneToOne: false
            referencedRelation: "jobs"
            referencedColumns: ["id"]
          },
        ]
      }
      global_config: {
        Row: {
          description: string | null
          is_public: boolean
          key: string
          updated_at: string
          value: NonNullable<Json>
        }
        ComputedFields: never
        Insert: {
          description?: string | null
          is_public?: boolean
          key: string
          updated_at?: string
          value: NonNullable<Json>
        }
        Update: {
          description?: string | null
          is_public?: boolean
          key?: string
          updated_at?: string
          value?: NonNullable<Json>
        }
        Relationships: []
      }
      heroes: {
        Row: {
          audience: string
          compiled_prompt: string
          created_at: string
          deleted_at: string | null
          description: string
          id: string
          name: string
          negative_prompt: string | null
          owner_id: string
          reference_key: string
          style_preset: string | null
          thumbnail_key: string | null
          times_used: number
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          audience: string
          compiled_prompt: string
          created_at?: string
          deleted_at?: string | null
          description: string
          id?: string
          name: string
          negative_prompt?: string | null
          owner_id: string
          reference_key: string
          style_preset?: string | null
          thumbnail_key?: string | null
          times_used?: number
          updated_at?: string
        }
        Update: {
          audience?: string
          compiled_prompt?: string
          created_at?: string
          deleted_at?: string | null
          description?: string
          id?: string
          name?: string
          negative_prompt?: string | null
          owner_id?: string
          reference_key?: string
          style_preset?: string | null
          thumbnail_key?: string | null
          times_used?: number
          updated_at?: string
        }
        Relationships: []
      }
      job_items: {
        Row: {
          asset_key: string | null
          completed_at: string | null
          created_at: string
          error_message: string | null
          id: string
          job_id: string
          owner_id: string | null
          page_id: string | null
          retry_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["job_item_status"]
        }
        ComputedFields: never
        Insert: {
          asset_key?: string | null
          completed_at?: string | null
          created_at?: string
          error_message?: string | null
          id?: string
          job_id: string
          owner_id?: string | null
          page_id?: string | null
          retry_count?: number
          started_at?: string | null
          status?: Database["public"]["Enums"]["job_item_status"]
        }
        Update: {
          asset_key?: string | null
          completed_at?: string | null
          created_at?: string
          error_message?: string | null
          id?: string
          job_id?: string
          owner_id?: string | null
          page_id?: string | null
          retry_count?: number
          started_at?: string | null
          status?: Database["public"]["Enums"]["job_item_status"]
        }
        Relationships: [
          {
            foreignKeyName: "job_items_job_id_fkey"
            columns: ["job_id"]
            isOneToOne: false
            referencedRelation: "jobs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "job_items_page_id_fkey"
            columns: ["page_id", "owner_id"]
            isOneToOne: false
            referencedRelation: "pages"
            referencedColumns: ["id", "owner_id"]
          },
        ]
      }
      jobs: {
        Row: {
          blots_refunded: number
          blots_reserved: number
          blots_spent: number
          completed_at: string | null
          completed_items: number
          created_at: string
          error_code: string | null
          error_message: string | null
          failed_items: number
          id: string
          owner_id: string | null
          project_id: string | null
          started_at: string | null
          status: Database["public"]["Enums"]["job_status"]
          total_items: number
          type: Database["public"]["Enums"]["job_type"]
        }
        ComputedFields: never
        Insert: {
          blots_refunded?: number
          blots_reserved?: number
          blots_spent?: number
          completed_at?: string | null
          completed_items?: number
          created_at?: string
          error_code?: string | null
          error_message?: string | null
          failed_items?: number
          id?: string
          owner_id?: string | null
          project_id?: string | null
          started_at?: string | null
          status?: Database["public"]["Enums"]["job_status"]
          total_items?: number
          type: Database["public"]["Enums"]["job_type"]
        }
        Update: {
          blots_refunded?: number
          blots_reserved?: number
          blots_spent?: number
          completed_at?: string | null
          completed_items?: number
          created_at?: string
          error_code?: string | null
          error_message?: string | null
          failed_items?: number
          id?: string
          owner_id?: string | null
          project_id?: string | null
          started_at?: string | null
          status?: Database["public"]["Enums"]["job_status"]
          total_items?: number
          type?: Database["public"]["Enums"]["job_type"]
        }
        Relationships: [
          {
            foreignKeyName: "jobs_project_id_fkey"
            columns: ["project_id", "owner_id"]
            isOneToOne: false
            referencedRelation: "projects"
            referencedColumns: ["id", "owner_id"]
          },
        ]
      }
      page_versions: {
        Row: {
          asset_key: string
          blots_spent: number
          compiled_prompt: string
          compiler_snapshot: Json | null
          created_at: string
          edit_mask_key: string | null
          edit_prompt: string | null
          edit_type: string | null
          id: string
          negative_prompt: string | null
          owner_id: string
          page_id: string
          quality_score: number | null
          quality_status: string | null
          seed: string | null
          thumbnail_key: string | null
          version: number
        }
        ComputedFields: never
        Insert: {
          asset_key: string
          blots_spent?: number
          compiled_prompt: string
          compiler_snapshot?: Json | null
          created_at?: string
          edit_mask_key?: string | null
          edit_prompt?: string | null
          edit_type?: string | null
          id?: string
          negative_prompt?: string | null
          owner_id: string
          page_id: string
          quality_score?: number | null
          quality_status?: string | null
          seed?: string | null
          thumbnail_key?: string | null
          version: number
        }
        Update: {
          asset_key?: string
          blots_spent?: number
          compiled_prompt?: string
          compiler_snapshot?: Json | null
          created_at?: string
          edit_mask_key?: string | null
          edit_prompt?: string | null
          edit_type?: string | null
          id?: string
          negative_prompt?: string | null
          owner_id?: string
          page_id?: string
          quality_score?: number | null
          quality_status?: string | null
          seed?: string | null
          thumbnail_key?: string | null
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "page_versions_page_id_fkey"
            columns: ["page_id", "owner_id"]
            isOneToOne: false
            referencedRelation: "pages"
            referencedColumns: ["id", "owner_id"]
          },
        ]
      }
      pages: {
        Row: {
          created_at: string
          current_version: number
          id: string
          owner_id: string
          page_type: string
          project_id: string
          scene_brief: string | null
          sort_order: number
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          current_version?: number
          id?: string
          owner_id: string
          page_type?: string
          project_id: string
          scene_brief?: string | null
          sort_order: number
          updated_at?: string
        }
        Update: {
          created_at?: string
          current_version?: number
          id?: string
          owner_id?: string
          page_type?: string
          project_id?: string
          scene_brief?: string | null
          sort_order?: number
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "pages_project_id_fkey"
            columns: ["project_id", "owner_id"]
            isOneToOne: false
            referencedRelation: "projects"
            referencedColumns: ["id", "owner_id"]
          },
        ]
      }
      profiles: {
        Row: {
          billing_interval: string
          blots: number
          blots_reset_at: string | null
          commercial_projects_used: number
          created_at: string
          disabled_at: string | null
          id: string
          owner_id: string
          pack_blots: number
          payment_failed_at: string | null
          plan: string
          plan_blots: number
          storage_limit_bytes: number
          storage_used_bytes: number
          stripe_customer_id: string | null
          stripe_price_id: string | null
          stripe_subscription_id: string | null
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          billing_interval?: string
          blots?: number
          blots_reset_at?: string | null
          commercial_projects_used?: number
          created_at?: string
          disabled_at?: string | null
          id?: string
          owner_id: string
          pack_blots?: number
          payment_failed_at?: string | null
          plan?: string
          plan_blots?: number
          storage_limit_bytes?: number
          storage_used_bytes?: number
          stripe_customer_id?: string | null
          stripe_price_id?: string | null
          stripe_subscription_id?: string | null
          updated_at?: string
        }
        Update: {
          billing_interval?: string
          blots?: number
          blots_reset_at?: string | null
          commercial_projects_used?: number
          created_at?: string
          disabled_at?: string | null
          id?: string
          owner_id?: string
          pack_blots?: number
          payment_failed_at?: string | null
          plan?: string
          plan_blots?: number
          storage_limit_bytes?: number
          storage_used_bytes?: number
          stripe_customer_id?: string | null
          stripe_price_id?: string | null
          stripe_subscription_id?: string | null
          updated_at?: string
        }
        Relationships: []
      }
      projects: {
        Row: {
          audience: string
          complexity: string
          created_at: string
          deleted_at: string | null
          description: string | null
          hero_id: string | null
          id: string
          line_weight: string
          name: string
          owner_id: string
          page_count: number
          status: string
          style_anchor_description: string | null
          style_anchor_key: string | null
          style_preset: string
          trim_size: string
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          audience: string
          complexity: string
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          hero_id?: string | null
          id?: string
          line_weight: string
          name: string
          owner_id: string
          page_count: number
          status?: string
          style_anchor_description?: string | null
          style_anchor_key?: string | null
          style_preset: string
          trim_size?: string
          updated_at?: string
        }
        Update: {
          audience?: string
          complexity?: string
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          hero_id?: string | null
          id?: string
          line_weight?: string
          name?: string
          owner_id?: string
          page_count?: number
          status?: string
          style_anchor_description?: string | null
          style_anchor_key?: string | null
          style_preset?: string
          trim_size?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "projects_hero_id_fkey"
            columns: ["hero_id", "owner_id"]
            isOneToOne: false
            referencedRelation: "heroes"
            referencedColumns: ["id", "owner_id"]
          },
        ]
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      add_pack_blots: {
        Args: {
          amount: number
          pack_id: string
          session_id: string
          user_id: string
        }
        Returns: undefined
      }
      add_upgrade_blots: {
        Args: { blot_difference: number; invoice_id?: string; user_id: string }
        Returns: undefined
      }
      apply_stripe_event: { Args: { event: Json }; Returns: string }
      cancel_job: {
        Args: { p_job_id: string }
        Returns: {
          blots_refunded: number
          blots_reserved: number
          blots_spent: number
          completed_at: string | null
          completed_items: number
          created_at: string
          error_code: string | null
          error_message: string | null
          failed_items: number
          id: string
          owner_id: string | null
          project_id: string | null
          started_at: string | null
          status: Database["public"]["Enums"]["job_status"]
          total_items: number
          type: Database["public"]["Enums"]["job_type"]
        }
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      claim_jobs: {
        Args: { most?: number }
        Returns: {
          blots_refunded: number
          blots_reserved: number
          blots_spent: number
          completed_at: string | null
          completed_items: number
          created_at: string
          error_code: string | null
          error_message: string | null
          failed_items: number
          id: string
          owner_id: string | null
          project_id: string | null
          started_at: string | null
          status: Database["public"]["Enums"]["job_status"]
          total_items: number
          type: Database["public"]["Enums"]["job_type"]
        }[]
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      create_job: {
        Args: {
          p_page_ids?: string[]
          p_project_id?: string
          p_type: Database["public"]["Enums"]["job_type"]
        }
        Returns: {
          blots_refunded: number
          blots_reserved: number
          blots_spent: number
          completed_at: string | null
          completed_items: number
          created_at: string
          error_code: string | null
          error_message: string | null
          failed_items: number
          id: string
          owner_id: string | null
          project_id: string | null
          started_at: string | null
          status: Database["public"]["Enums"]["job_status"]
          total_items: number
          type: Database["public"]["Enums"]["job_type"]
        }
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      deduct_blots: {
        Args: {
          amount: number
          tx_description?: string
          tx_job_id?: string
          tx_type?: string
          user_id: string
        }
        Returns: boolean
      }
      delete_hero: { Args: { p_hero_id: string }; Returns: boolean }
      delete_project: { Args: { p_project_id: string }; Returns: boolean }
      finish_job: {
        Args: {
          p_blots_spent?: number
          p_error_code?: string
          p_error_message?: string
          p_job_id: string
          p_status: Database["public"]["Enums"]["job_status"]
        }
        Returns: {
          blots_refunded: number
          blots_reserved: number
          blots_spent: number
          completed_at: string | null
          completed_items: number
          created_at: string
          error_code: string | null
          error_message: string | null
          failed_items: number
          id: string
          owner_id: string | null
          project_id: string | null
          started_at: string | null
          status: Database["public"]["Enums"]["job_status"]
          total_items: number
          type: Database["public"]["Enums"]["job_type"]
        }
        SetofOptions: {
          from: "*"
          to: "jobs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      get_available_blots: { Args: { user_id: string }; Returns: number }
      refund_blots: {
        Args: {
          amount: number
          p_job_id: string
          reason: string
          user_id: string
        }
        Returns: undefined
      }
      reset_subscription_blots: {
        Args: { invoice_id?: string; new_amount: number; user_id: string }
        Returns: undefined
      }
      take_storage_purges: { Args: { most?: number }; Returns: string[] }
    }
    Enums: {
      job_item_status:
        | "pending"
        | "processing"
        | "completed"
        | "failed"
        | "skipped"
      job_status:
        | "pending"
        | "processing"
        | "completed"
        | "failed"
        | "cancelled"
      job_type: "generation" | "export" | "hero_creation" | "calibration"
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
    Enums: {
      job_item_status: [
        "pending",
        "processing",
        "completed",
        "failed",
        "skipped",
      ],
      job_status: ["pending", "processing", "completed", "failed", "cancelled"],
      job_type: ["generation", "export", "hero_creation", "calibration"],
    },
  },
} as const
