//! `/api/investors/{investor_id}/report`, `/api/products/{product_id}/report`: PDF reports about an investor or a product.

mod investor;
mod parts;
mod product;
mod setting;
mod words;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use exchange::report::{self, InvestorReport, ProductReport, ProductReportQuery, ReportQuery};
use http::header;
use kernel::Error;
use kernel::error::Problem;
use kernel::id::{InvestorId, ProductId};
use kernel::text::TimeZone;
use kernel::time::Timestamp;
use platform::caller::Caller;
use platform::http::{Path, Query, Routes};
use platform::upload::FileName;
use platform::{App, routes};

/// Routes of the function.
#[must_use]
pub fn router<R: Routes<State = App>>() -> R {
    R::new().routes(routes!(investor_report)).routes(routes!(product_report))
}

/// Create a PDF report of an investor: holdings, timeline and documents.
#[utoipa::path(
    get, path = "/api/investors/{investor_id}/report", operation_id = "investor_report", tag = "reports",
    params(("investor_id" = InvestorId, Path), ReportQuery),
    responses(
        (status = 200, content_type = "application/pdf", body = Vec<u8>),
        (status = "4XX", body = Problem),
    ),
    security(("bearer" = []))
)]
async fn investor_report(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<InvestorId>,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Error> {
    let report = report::of_investor(&app, &caller, id, &query).await?;
    let name = file_name(report.investor.name.as_str(), report.made_at, &report.time_zone)?;
    answer(&name, move || set_investor(&report)).await
}

/// Create a PDF report of a product: milestones, requirements, metrics, unfinished tasks, baselines and approved design assets.
#[utoipa::path(
    get, path = "/api/products/{product_id}/report", operation_id = "product_report", tag = "reports",
    params(("product_id" = ProductId, Path), ProductReportQuery),
    responses(
        (status = 200, content_type = "application/pdf", body = Vec<u8>),
        (status = "4XX", body = Problem),
    ),
    security(("bearer" = []))
)]
async fn product_report(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProductId>,
    Query(query): Query<ProductReportQuery>,
) -> Result<Response, Error> {
    let report = report::of_product(&app, &caller, id, &query).await?;
    let name = file_name(report.product.name.as_str(), report.made_at, &report.time_zone)?;
    answer(&name, move || set_product(&report)).await
}

/// Renders a document with `set` and returns it as a download called `name`.
async fn answer(
    name: &FileName,
    set: impl FnOnce() -> Result<Vec<u8>, Error> + Send + 'static,
) -> Result<Response, Error> {
    // Rendering hundreds of pages takes a while; other requests are served meanwhile.
    let pdf = tokio::task::spawn_blocking(set).await.map_err(Error::defect)??;
    let disposition = name.disposition(false);
    let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, pdf).into_response())
}

/// Renders an investor report as a PDF document. The same report yields the same bytes.
pub fn set_investor(report: &InvestorReport) -> Result<Vec<u8>, Error> {
    investor::set(report)
}

/// Renders a product report as a PDF document. The same report yields the same bytes.
pub fn set_product(report: &ProductReport) -> Result<Vec<u8>, Error> {
    product::set(report)
}

/// File name of a report: the subject's name and the day.
fn file_name(about: &str, made_at: Timestamp, zone: &TimeZone) -> Result<FileName, Error> {
    FileName::made_of(about, &format!("{}.pdf", made_at.day_in(zone))).map_err(Error::internal)
}
