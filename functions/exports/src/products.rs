//! `/api/exports/products`: the lists of the Products workspace.

use axum::extract::State;
use exchange::export::{
    self, AssetExport, AssetExportQuery, AttachmentExport, BaselineExport, CommentExport, Csv, ExportQuery, Here,
    MilestoneExport, MilestoneExportQuery, MyTaskExport, ProductExport, ProductMemberExport, RequirementExport,
    RequirementExportQuery, RequirementVersionExport, RuleExport, SavedViewExport, TaskExport, TaskExportQuery,
};
use kernel::Error;
use kernel::id::{ProductId, RequirementId};
use platform::caller::Caller;
use platform::http::{Path, Query, Routes};
use platform::{App, routes};

/// Returns the routes of these exports.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new()
        .routes(routes!(product_export))
        .routes(routes!(requirement_export))
        .routes(routes!(requirement_version_export))
        .routes(routes!(task_export))
        .routes(routes!(asset_export))
        .routes(routes!(milestone_export))
        .routes(routes!(baseline_export))
        .routes(routes!(comment_export))
        .routes(routes!(attachment_export))
        .routes(routes!(rule_export))
        .routes(routes!(product_member_export))
        .routes(routes!(view_export))
        .routes(routes!(task_export_mine))
}

/// Export products, by name.
#[utoipa::path(
    get, path = "/api/exports/products", operation_id = "product_export", tag = "exports",
    params(ProductExport),
    responses(Csv),
    security(("bearer" = []))
)]
async fn product_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Query(query): Query<ProductExport>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &query).await
}

/// Export a product's requirements in full, by number. The file can be imported again.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/requirements", operation_id = "requirement_export", tag = "exports",
    params(("product_id" = ProductId, Path), RequirementExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn requirement_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(product_id): Path<ProductId>,
    Query(query): Query<RequirementExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &RequirementExport { product_id, query }).await
}

/// Export the versions of a requirement, newest first.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/requirements/{requirement_id}/versions", operation_id = "requirement_version_export", tag = "exports",
    params(("product_id" = ProductId, Path), ("requirement_id" = RequirementId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn requirement_version_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path((product_id, requirement_id)): Path<(ProductId, RequirementId)>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &RequirementVersionExport { product_id, requirement_id, query }).await
}

/// Export a product's tasks in full, in list order. The file can be imported again.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/tasks", operation_id = "task_export", tag = "exports",
    params(("product_id" = ProductId, Path), TaskExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn task_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(product_id): Path<ProductId>,
    Query(query): Query<TaskExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &TaskExport { product_id, query }).await
}

/// Export the list of a product's design assets, newest first: metadata, not the files.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/assets", operation_id = "asset_export", tag = "exports",
    params(("product_id" = ProductId, Path), AssetExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn asset_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(product_id): Path<ProductId>,
    Query(query): Query<AssetExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &AssetExport { product_id, query }).await
}

/// Export a product's milestones by due date, with their progress.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/milestones", operation_id = "milestone_export", tag = "exports",
    params(("product_id" = ProductId, Path), MilestoneExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn milestone_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(product_id): Path<ProductId>,
    Query(query): Query<MilestoneExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &MilestoneExport { product_id, query }).await
}

/// Export a product's baselines with their contents, newest first: one row for each requirement as it was.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/baselines", operation_id = "baseline_export", tag = "exports",
    params(("product_id" = ProductId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn baseline_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(product_id): Path<ProductId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &BaselineExport { product_id, query }).await
}

/// Export the comments on all tasks of a product, oldest first.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/comments", operation_id = "comment_export", tag = "exports",
    params(("product_id" = ProductId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn comment_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(product_id): Path<ProductId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &CommentExport { product_id, query }).await
}

/// Export the list of attachments of all tasks of a product, oldest first: metadata, not the files.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/attachments", operation_id = "attachment_export", tag = "exports",
    params(("product_id" = ProductId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn attachment_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(product_id): Path<ProductId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &AttachmentExport { product_id, query }).await
}

/// Export a product's workflow rules, oldest first.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/rules", operation_id = "rule_export", tag = "exports",
    params(("product_id" = ProductId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn rule_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(product_id): Path<ProductId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &RuleExport { product_id, query }).await
}

/// Export the members of a product's team with their workload, the owner first.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/members", operation_id = "product_member_export", tag = "exports",
    params(("product_id" = ProductId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn product_member_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(product_id): Path<ProductId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &ProductMemberExport { product_id, query }).await
}

/// Export your saved views of a product's tasks, oldest first.
#[utoipa::path(
    get, path = "/api/exports/products/{product_id}/views", operation_id = "view_export", tag = "exports",
    params(("product_id" = ProductId, Path), ExportQuery),
    responses(Csv),
    security(("bearer" = []))
)]
async fn view_export(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Path(product_id): Path<ProductId>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &SavedViewExport { product_id, query }).await
}

/// Export your unfinished tasks in all products, by due date.
#[utoipa::path(
    get, path = "/api/exports/tasks", operation_id = "task_export_mine", tag = "exports",
    params(MyTaskExport),
    responses(Csv),
    security(("bearer" = []))
)]
async fn task_export_mine(
    State(app): State<App>,
    caller: Caller,
    here: Here,
    Query(query): Query<MyTaskExport>,
) -> Result<Csv, Error> {
    export::page(&app, &caller, &here, &query).await
}
