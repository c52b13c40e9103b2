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
      lemon_squeezy_variants: {
        Row: {
          plan: string
          variant_id: string
        }
        ComputedFields: never
        Insert: {
          plan: string
          variant_id: string
        }
        Update: {
          plan?: string
          variant_id?: string
        }
        Relationships: []
      }
      plan_limits: {
        Row: {
          max_count: number | null
          metric: string
          plan: string
        }
        ComputedFields: never
        Insert: {
          max_count?: number | null
          metric: string
          plan: string
        }
        Update: {
          max_count?: number | null
          metric?: string
          plan?: string
        }
        Relationships: [
          {
            foreignKeyName: "plan_limits_metric_fkey"
            columns: ["metric"]
            isOneToOne: false
            referencedRelation: "current_usage"
            referencedColumns: ["metric"]
          },
          {
            foreignKeyName: "plan_limits_metric_fkey"
            columns: ["metric"]
            isOneToOne: false
            referencedRelation: "usage_metrics"
            referencedColumns: ["metric"]
          },
        ]
      }
      storage_purges: {
        Row: {
          bucket_id: string
          folder: string
          queued_at: string
        }
        ComputedFields: never
        Insert: {
          bucket_id: string
          folder: string
          queued_at?: string
        }
        Update: {
          bucket_id?: string
          folder?: string
          queued_at?: string
        }
        Relationships: []
      }
      subscriptions: {
        Row: {
          created_at: string
          current_period_end: string | null
          current_period_start: string | null
          id: string
          lemon_squeezy_id: string | null
          plan: string
          status: string
          trial_ends_at: string | null
          updated_at: string
          user_id: string
          entitled_plan: string | null
        }
        ComputedFields: "entitled_plan"
        Insert: {
          created_at?: string
          current_period_end?: string | null
          current_period_start?: string | null
          id?: string
          lemon_squeezy_id?: string | null
          plan: string
          status: string
          trial_ends_at?: string | null
          updated_at?: string
          user_id: string
        }
        Update: {
          created_at?: string
          current_period_end?: string | null
          current_period_start?: string | null
          id?: string
          lemon_squeezy_id?: string | null
          plan?: string
          status?: string
          trial_ends_at?: string | null
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "subscriptions_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      usage_counters: {
        Row: {
          count: number
          created_at: string
          id: string
          metric: string
          updated_at: string
          user_id: string
          window_end: string
          window_start: string
        }
        ComputedFields: never
        Insert: {
          count?: number
          created_at?: string
          id?: string
          metric: string
          updated_at?: string
          user_id: string
          window_end: string
          window_start: string
        }
        Update: {
          count?: number
          created_at?: string
          id?: string
          metric?: string
          updated_at?: string
          user_id?: string
          window_end?: string
          window_start?: string
        }
        Relationships: [
          {
            foreignKeyName: "usage_counters_metric_fkey"
            columns: ["metric"]
            isOneToOne: false
            referencedRelation: "current_usage"
            referencedColumns: ["metric"]
          },
          {
            foreignKeyName: "usage_counters_metric_fkey"
            columns: ["metric"]
            isOneToOne: false
            referencedRelation: "usage_metrics"
            referencedColumns: ["metric"]
          },
          {
            foreignKeyName: "usage_counters_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      usage_ledger: {
        Row: {
          amount: number
          created_at: string
          delta: number
          id: number
          idempotency_key: string | null
          kind: string
          metric: string
          refunds: number | null
          user_id: string
          window_start: string
        }
        ComputedFields: never
        Insert: {
          amount: number
          created_at?: string
          delta: number
          id?: never
          idempotency_key?: string | null
          kind: string
          metric: string
          refunds?: number | null
          user_id: string
          window_start: string
        }
        Update: {
          amount?: number
          created_at?: string
          delta?: number
          id?: never
          idempotency_key?: string | null
          kind?: string
          metric?: string
          refunds?: number | null
          user_id?: string
          window_start?: string
        }
        Relationships: [
          {
            foreignKeyName: "usage_ledger_refunds_fkey"
            columns: ["refunds"]
            isOneToOne: false
            referencedRelation: "usage_ledger"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "usage_ledger_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      usage_metrics: {
        Row: {
          description: string
          metric: string
          usage_window: string
        }
        ComputedFields: never
        Insert: {
          description?: string
          metric: string
          usage_window: string
        }
        Update: {
          description?: string
          metric?: string
          usage_window?: string
        }
        Relationships: []
      }
      users: {
        Row: {
          created_at: string
          email: string
          id: string
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          email: string
          id: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          email?: string
          id?: string
          updated_at?: string
        }
        Relationships: []
      }
    }
    Views: {
      current_usage: {
        Row: {
          max_count: number | null
          metric: string
          remaining: number | null
          resets_at: string | null
          used: number | null
          user_id: string
          window_start: string | null
        }
        ComputedFields: never
        Relationships: [
          {
            foreignKeyName: "subscriptions_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Functions: {
      apply_lemon_squeezy_event: { Args: { event: Json }; Returns: string }
      correct_usage: {
        Args: {
          change: number
          idempotency_key?: string
          metric: string
          user_id: string
        }
        Returns: number
      }
      entitled_plan: {
        Args: { "": Database["public"]["Tables"]["subscriptions"]["Row"] }
        Returns: {
          error: true
        } & "the function public.entitled_plan with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      expire_subscriptions: {
        Args: Record<PropertyKey, never>
        Returns: number
      }
      files_to_purge: {
        Args: { max_files?: number }
        Returns: {
          bucket_id: string
          name: string
        }[]
      }
      finish_storage_purges: {
        Args: Record<PropertyKey, never>
        Returns: number
      }
      increment_usage: {
        Args: {
          amount?: number
          idempotency_key?: string
          metric: string
          user_id: string
        }
        Returns: Record<string, unknown>
      }
      refund_usage: {
        Args: {
          amount?: number
          entry: number
          idempotency_key?: string
          user_id: string
        }
        Returns: Record<string, unknown>
      }
      reset_usage: {
        Args: { metric: string; user_id: string }
        Returns: number
      }
      seed_usage: { Args: { test_user_id: string }; Returns: undefined }
      subscription_status: { Args: { provider_state: string }; Returns: string }
      usage_window: {
        Args: { anchor: string; kind: string; moment: string }
        Returns: Record<string, unknown>
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
