#include "tests/client/fake_server.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "lib/base/limits.h"

namespace wirefold {
namespace {

constexpr char kId[] = "01EHQ8Z3KD5V9A0C6Q2XJ7N4TB";

v1::Article MakeArticle(const std::string& id) {
  v1::Article article;
  article.set_id(id);
  article.set_url("https://example.com/a");
  article.set_title("A \"title\"");
  article.mutable_observed_time()->set_seconds(1'693'908'902);
  article.mutable_observed_time()->set_nanos(5'000'000);
  return article;
}

}  // namespace

grpc::Status StatusWithReason(grpc::StatusCode code, const std::string& message,
                              const std::string& reason) {
  v1::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("wirefold");
  v1::ErrorStatus details;
  details.set_code(code);
  details.set_message(message);
  google::protobuf::Any* any = details.add_details();
  any->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  any->set_value(info.SerializeAsString());
  return {code, message, details.SerializeAsString()};
}

FakeServer::FakeServer(const std::string& address) : host_(address.substr(0, address.rfind(':'))) {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxMessageBytes));
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(static_cast<v1::IngestService::Service*>(this));
  builder.RegisterService(static_cast<v1::ArticleService::Service*>(this));
  builder.RegisterService(static_cast<v1::AdminService::Service*>(this));
  grpc::EnableDefaultHealthCheckService(true);
  server_ = builder.BuildAndStart();
  SetTakingFiles(true);
}

FakeServer::~FakeServer() { Stop(); }

void FakeServer::Stop() {
  if (server_ != nullptr) {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    server_.reset();
  }
}

void FakeServer::PlanStream(StreamPlan plan) {
  const std::lock_guard lock(mutex_);
  plans_.push_back(std::move(plan));
}

void FakeServer::FailCalls(grpc::Status status) {
  const std::lock_guard lock(mutex_);
  call_status_ = std::move(status);
}

void FakeServer::RejectContent(const std::string& content, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  rejections_.emplace_back(content, reason);
}

void FakeServer::FailBatches(grpc::Status status) {
  const std::lock_guard lock(mutex_);
  batch_status_ = std::move(status);
}

void FakeServer::SetText(std::string text) {
  const std::lock_guard lock(mutex_);
  text_ = std::move(text);
}

void FakeServer::SetTakingFiles(bool taking) {
  server_->GetHealthCheckService()->SetServingStatus(v1::IngestService::service_full_name(),
                                                     taking);
}

void FakeServer::SetRaw(std::string content) {
  const std::lock_guard lock(mutex_);
  raw_ = std::move(content);
}

std::vector<v1::BatchGetArticlesRequest> FakeServer::batch_requests() const {
  const std::lock_guard lock(mutex_);
  return batch_requests_;
}

std::string FakeServer::address() const { return host_ + ":" + std::to_string(port_); }

std::shared_ptr<grpc::Channel> FakeServer::channel() const {
  return MakeChannel({.server = address()});
}

std::vector<std::string> FakeServer::stored() const {
  const std::lock_guard lock(mutex_);
  return stored_;
}

std::vector<v1::IngestRequest> FakeServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<v1::ListArticlesRequest> FakeServer::list_requests() const {
  const std::lock_guard lock(mutex_);
  return list_requests_;
}

v1::IngestResult FakeServer::Answer(const v1::IngestRequest& request) {
  v1::IngestResult result;
  result.set_sequence(request.sequence());
  result.set_outcome(v1::OUTCOME_NEW);
  result.set_id(kId);
  result.set_story_id(kId);
  result.set_representative_id(kId);
  if (forget_) return result;
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  for (const auto& [content, reason] : rejections_) {
    if (content != request.content()) continue;
    result.Clear();
    result.set_sequence(request.sequence());
    result.set_outcome(v1::OUTCOME_REJECTED);
    result.set_reason(reason);
    result.set_message("it is refused");
    return result;
  }
  if (!seen_.insert(request.content()).second) {
    result.set_outcome(v1::OUTCOME_UNCHANGED);
  } else {
    stored_.push_back(request.content());
  }
  return result;
}

grpc::Status FakeServer::Ingest(
    grpc::ServerContext* context,
    grpc::ServerReaderWriter<v1::IngestResponse, v1::IngestRequest>* stream) {
  StreamPlan plan;
  {
    const std::lock_guard lock(mutex_);
    if (!plans_.empty()) {
      plan = plans_.front();
      plans_.pop_front();
    }
  }
  ++streams_;
  int read = 0;
  size_t pending_bytes = 0;
  v1::IngestResponse response;
  v1::IngestRequest request;
  const auto flush = [&] {
    if (response.results_size() > 0) stream->Write(response);
    response.Clear();
    pending_bytes = 0;
  };
  if (plan.break_after == 0) return plan.status;
  if (plan.hold_files > 0) {
    // Give a client that does not keep its bound the time to show it.
    std::this_thread::sleep_for(std::chrono::milliseconds(plan.hold_ms));
  }
  while (stream->Read(&request)) {
    *response.add_results() = Answer(request);
    if (plan.wrong_sequence_at == read) {
      response.mutable_results(response.results_size() - 1)->set_sequence(request.sequence() + 7);
    }
    pending_bytes += request.content().size();
    max_pending_files_ =
        std::max<size_t>(max_pending_files_, static_cast<size_t>(response.results_size()));
    max_pending_bytes_ = std::max(max_pending_bytes_.load(), pending_bytes);
    ++read;
    if (read == plan.break_after) {
      const int keep = std::max(0, response.results_size() - plan.unacknowledged);
      response.mutable_results()->DeleteSubrange(keep, response.results_size() - keep);
      flush();
      return plan.status;
    }
    if (read >= plan.hold_files && response.results_size() >= plan.ack_batch) flush();
  }
  flush();
  return context->IsCancelled() ? grpc::Status::CANCELLED : grpc::Status::OK;
}

grpc::Status FakeServer::GetArticle(grpc::ServerContext*, const v1::GetArticleRequest* request,
                                    v1::Article* response) {
  *response = MakeArticle(request->has_id() ? request->id() : kId);
  const std::lock_guard lock(mutex_);
  response->set_text(text_);
  return call_status_;
}

grpc::Status FakeServer::GetRaw(grpc::ServerContext*, const v1::GetRawRequest* request,
                                v1::RawFile* response) {
  response->set_id(request->has_id() ? request->id() : kId);
  response->set_url("https://example.com/hint");
  response->set_text_hash(request->text_hash());
  response->add_text_hashes("a");
  response->add_text_hashes("b");
  const std::lock_guard lock(mutex_);
  response->set_content(raw_);
  return call_status_;
}

grpc::Status FakeServer::BatchGetArticles(grpc::ServerContext*,
                                          const v1::BatchGetArticlesRequest* request,
                                          v1::BatchGetArticlesResponse* response) {
  for (const std::string& id : request->ids()) *response->add_articles() = MakeArticle(id);
  const std::lock_guard lock(mutex_);
  batch_requests_.push_back(*request);
  return batch_status_;
}

grpc::Status FakeServer::ListArticles(grpc::ServerContext*, const v1::ListArticlesRequest* request,
                                      v1::ListArticlesResponse* response) {
  // Three pages: of two articles, of none, of two.
  const std::string& token = request->page_token();
  if (token != "empty") {
    *response->add_articles() = MakeArticle(kId);
    *response->add_articles() = MakeArticle(kId);
  }
  if (token.empty()) response->set_next_page_token("empty");
  if (token == "empty") response->set_next_page_token("last");
  const std::lock_guard lock(mutex_);
  list_requests_.push_back(*request);
  return call_status_;
}

grpc::Status FakeServer::GetStory(grpc::ServerContext*, const v1::GetStoryRequest* request,
                                  v1::Story* response) {
  response->set_story_id(kId);
  *response->mutable_representative() = MakeArticle(kId);
  *response->add_sightings() = MakeArticle(request->id());
  response->set_sighting_count(2);
  if (request->page_token().empty()) response->set_next_page_token("more");
  const std::lock_guard lock(mutex_);
  return call_status_;
}

grpc::Status FakeServer::CheckDocument(grpc::ServerContext*,
                                       const v1::CheckDocumentRequest* request,
                                       v1::CheckDocumentResponse* response) {
  *response->mutable_result() = Answer(request->document());
  *response->mutable_article() = MakeArticle(kId);
  v1::Candidate* candidate = response->add_candidates();
  candidate->set_id(kId);
  candidate->mutable_similarity()->set_jaccard_ppm(120'000);
  candidate->set_explanation("two anchors");
  const std::lock_guard lock(mutex_);
  return call_status_;
}

grpc::Status FakeServer::GetStats(grpc::ServerContext*, const v1::GetStatsRequest*,
                                  v1::Stats* response) {
  response->mutable_stored()->set_articles(3);
  (*response->mutable_rejected_by_reason())["INVALID_URL"] = 2;
  const std::lock_guard lock(mutex_);
  return call_status_;
}

}  // namespace wirefold
