// The only place that names schema types: a rename in the API document is mended here.
import type { components, operations } from './schema'

type Schemas = components['schemas']

export type Role = Schemas['Role']
export type UserStatus = Schemas['UserStatus']
export type User = Schemas['User']
export type Me = Schemas['Me']
export type UserCard = Schemas['UserCard']
export type NewUser = Schemas['NewUser']
export type UserPatch = Schemas['UserPatch']
export type MePatch = Schemas['MePatch']
export type Setup = Schemas['Setup']
export type NewSetup = Schemas['NewSetup']
export type Login = Schemas['Login']
export type TokenGrant = Schemas['TokenGrant']
export type PasswordChange = Schemas['PasswordChange']
export type Session = Schemas['Session']
export type PasswordReset = Schemas['PasswordReset']
export type PasswordResetRequest = Schemas['PasswordResetRequest']
export type Preferences = Schemas['Preferences']
export type PreferencesPatch = Schemas['PreferencesPatch']
export type NotificationKind = Schemas['NotificationKind']

export type InvestorKind = Schemas['InvestorKind']
export type Tier = Schemas['Tier']
export type InvestorStatus = Schemas['InvestorStatus']
export type Investor = Schemas['Investor']
export type InvestorCard = Schemas['InvestorCard']
export type NewInvestor = Schemas['NewInvestor']
export type InvestorPatch = Schemas['InvestorPatch']
export type TimelineEntry = Schemas['TimelineEntry']
export type FieldChange = Schemas['FieldChange']

export type ActivityKind = Schemas['ActivityKind']
export type Activity = Schemas['Activity']
export type NewActivity = Schemas['NewActivity']
export type ActivityPatch = Schemas['ActivityPatch']

export type Reminder = Schemas['Reminder']
export type MyReminder = Schemas['MyReminder']
export type NewReminder = Schemas['NewReminder']
export type ReminderPatch = Schemas['ReminderPatch']
export type ReminderStatus = Schemas['ReminderStatus']
export type Recurrence = Schemas['Recurrence']
export type Frequency = Schemas['Frequency']

export type Document = Schemas['Document']
export type DocumentDetail = Schemas['DocumentDetail']
export type DocumentDownload = Schemas['FileDownload']
export type DocumentPatch = Schemas['DocumentPatch']
export type DocumentStatus = Schemas['FileStatus']
export type DocumentUpload = Schemas['DocumentUpload']
export type DocumentVersion = Schemas['DocumentVersion']
export type FileType = Schemas['FileType']
export type NewDocument = Schemas['NewDocument']
export type NewDocumentVersion = Schemas['NewDocumentVersion']
export type QuarantineReason = Schemas['QuarantineReason']
export type Upload = Schemas['Upload']

export type Import = Schemas['Import']
export type ImportStatus = Schemas['ImportStatus']
export type ImportField = Schemas['ImportField']
export type ImportKind = Schemas['ImportKind']
export type ImportKey = Schemas['ImportKey']
export type ImportDefaults = Schemas['ImportDefaults']
export type ImportEncoding = Schemas['ImportEncoding']
export type ImportMapping = Schemas['ImportMapping']
export type NewImport = Schemas['NewImport']
export type ImportUpload = Schemas['ImportUpload']
export type ImportCreated = Schemas['ImportCreated']
export type ImportPreview = Schemas['ImportPreview']
export type ImportStart = Schemas['ImportStart']
export type ImportRowError = Schemas['ImportRowError']

export type Money = Schemas['Money']
export type Investment = Schemas['Investment']
export type InvestmentKind = Schemas['InvestmentKind']
export type InvestmentStatus = Schemas['InvestmentStatus']
export type InvestmentPatch = Schemas['InvestmentPatch']
export type NewInvestment = Schemas['NewInvestment']
export type CashFlow = Schemas['CashFlow']
export type CashFlowKind = Schemas['CashFlowKind']
export type CashFlowPatch = Schemas['CashFlowPatch']
export type NewCashFlow = Schemas['NewCashFlow']
export type Figures = Schemas['Figures']
export type Holdings = Schemas['Holdings']
export type CurrencyHoldings = Schemas['CurrencyHoldings']
export type InternalRate = Schemas['InternalRate']
export type ReturnReason = Schemas['ReturnReason']

export type Product = Schemas['Product'] & {
  /** How far the deletion is. */
  deletion?: { removed: number } | null
}
export type ProductCard = Schemas['ProductCard']
export type NewProduct = Schemas['NewProduct']
export type ProductPatch = Schemas['ProductPatch']
export type ProductStatus = Schemas['ProductStatus']
export type ProductMember = Schemas['ProductMember']
export type TeamRole = Schemas['TeamRole']
export type WipLimits = Schemas['WipLimits']
export type Priority = Schemas['Priority']

export type Task = Schemas['Task']
export type TaskCard = Schemas['TaskCard']
export type TaskStatus = Schemas['TaskStatus']
export type NewTask = Schemas['NewTask']
export type TaskPatch = Schemas['TaskPatch']
export type ChecklistItem = Schemas['ChecklistItem']
export type TaskMove = Schemas['TaskMove']
export type TasksUpdated = Schemas['TasksUpdated']
export type Board = Schemas['Board']
export type BoardColumn = Schemas['BoardColumn']
export type Comment = Schemas['Comment']
export type NewComment = Schemas['NewComment']
export type SavedView = Schemas['SavedView']
export type NewView = Schemas['NewView']

export type Requirement = Schemas['Requirement']
export type RequirementCard = Schemas['RequirementCard']
export type RequirementStatus = Schemas['RequirementStatus']
export type RequirementLink = Schemas['RequirementLink']
export type LinkKind = Schemas['LinkKind']
export type NewRequirement = Schemas['NewRequirement']
export type NewRequirementLink = Schemas['NewRequirementLink']
export type RequirementPatch = Schemas['RequirementPatch']
export type RequirementVersion = Schemas['RequirementVersion']
/** What is shown of a task beside its requirement. */
export type RequirementTask = Pick<Schemas['TaskCard'], 'id' | 'reference' | 'title' | 'status' | 'assignee_id'>
export type RequirementComparison = Schemas['RequirementComparison']
/** A field that differs between two versions; its values are texts, lists of texts, or nothing. */
export interface RequirementChange {
  field: string
  before?: string | string[] | null
  after?: string | string[] | null
}

export type Asset = Schemas['Asset']
export type AssetApproval = Schemas['Approval']
export type AssetDetail = Schemas['AssetDetail']
export type AssetKind = Schemas['AssetKind']
export type AssetPatch = Schemas['AssetPatch']
export type AssetUpload = Schemas['AssetUpload']
export type AssetVersion = Schemas['AssetVersion']
export type FileDownload = Schemas['FileDownload']
export type NewAsset = Schemas['NewAsset']
export type NewAssetVersion = Schemas['NewAssetVersion']
export type ProductFlow = Schemas['ProductFlow']
export type FlowPoint = Schemas['FlowPoint']
export type BurnUp = Schemas['BurnUp']
export type BurnUpPoint = Schemas['BurnUpPoint']
export type ProductCycle = Schemas['ProductCycle']
export type Durations = Schemas['Durations']
export type AgingTask = Schemas['AgingTask']
export type ProductTeam = Schemas['ProductTeam']
export type MemberFigures = Schemas['MemberFigures']

export type SearchHit = Schemas['SearchHit']
export type SearchResults = Schemas['SearchResults']
export type CurrencyCapital = Schemas['CurrencyCapital']
export type Duplicate = Schemas['Duplicate']
export type DuplicateQuery = Schemas['DuplicateQuery']
export type DuplicateReason = Schemas['DuplicateReason']
export type Merge = Schemas['Merge']
export type NewMerge = Schemas['NewMerge']
export type Portfolio = Schemas['Portfolio']
export type ActivityTrend = Schemas['ActivityTrend']
export type TrendPoint = Schemas['TrendPoint']
export type TrendInterval = Schemas['TrendInterval']
export type Highlights = Schemas['Highlights']
export type RecentActivity = Schemas['RecentActivity']
export type InvestorAnalytics = Schemas['InvestorAnalytics']

export type AuditRecord = Schemas['AuditRecord']
export type AuditVerification = Schemas['AuditVerification']
export type Notification = Schemas['Notification']
export type NotificationRead = Schemas['NotificationRead']
export type LiveEvent = Schemas['LiveEvent']
export type LiveTicket = Schemas['LiveTicket']
export type Health = Schemas['Health']

/** One page of a list; `next_cursor` is null or absent on the last one. */
export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

/** The filters of a list operation, without the paging that the client adds. */
export type Filters<Operation extends keyof operations> = Omit<
  NonNullable<operations[Operation]['parameters']['query']>,
  'limit' | 'cursor'
>
