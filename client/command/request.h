// Request: a document and its hints as the message that carries them.
//
// Example:
//   v1::IngestRequest request = what_all_have_in_common;
//   SetDocument(*std::move(document), request);
//
// Thread-safe: a pure function.
#ifndef WIREFOLD_CLIENT_COMMAND_REQUEST_H_
#define WIREFOLD_CLIENT_COMMAND_REQUEST_H_

#include "lib/parse/document_splitter.h"
#include "wirefold/v1/ingest.pb.h"

namespace wirefold {

// Sets the content of `document`, and of its hints those that it has; the others stay as they are.
void SetDocument(SplitDocument&& document, v1::IngestRequest& request);

}  // namespace wirefold

#endif  // WIREFOLD_CLIENT_COMMAND_REQUEST_H_
