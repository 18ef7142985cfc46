//! `/api/investors/{investor_id}/report`: what is known of an investor as a PDF document to take away.

mod investor;
mod setting;
mod words;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header;
use shared::caller::Caller;
use shared::error::Problem;
use shared::http::{Path, Query};
use shared::id::InvestorId;
use shared::report::{self, InvestorReport, ReportQuery};
use shared::upload::FileName;
use shared::{App, Error};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The function's routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(investor_report))
}

/// Make a report of an investor: holdings, timeline and documents as a PDF document.
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
    let disposition = file_name(&report)?.disposition(false);
    // Setting hundreds of pages takes a while: others are served meanwhile.
    let set = tokio::task::spawn_blocking(move || set_investor(&report)).await;
    let pdf = set.map_err(Error::defect)??;
    let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, pdf).into_response())
}

/// Sets a report of an investor as a PDF document. The same report gives the same bytes.
pub fn set_investor(report: &InvestorReport) -> Result<Vec<u8>, Error> {
    investor::set(report)
}

/// The name under which a browser saves the report: the investor's and the day.
fn file_name(report: &InvestorReport) -> Result<FileName, Error> {
    let day = report.made_at.day_in(&report.time_zone);
    FileName::made_of(report.investor.name.as_str(), &format!("{day}.pdf")).map_err(Error::internal)
}
