# Everything comes from the system's packages; nothing is downloaded. tests/run and
# deploy/quickstart name the packages of each supported distribution (deploy/packages.sh).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl REQUIRED)
find_package(nlohmann_json REQUIRED)

pkg_check_modules(LIBXML REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(UCHARDET REQUIRED IMPORTED_TARGET uchardet)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc icu-i18n)
pkg_check_modules(OPENCC REQUIRED IMPORTED_TARGET opencc)
pkg_check_modules(PSL REQUIRED IMPORTED_TARGET libpsl)
pkg_check_modules(ROCKSDB REQUIRED IMPORTED_TARGET rocksdb)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)

# cld2 ships neither a CMake package nor a pkg-config file.
find_path(CLD2_INCLUDE_DIR cld2/public/compact_lang_det.h REQUIRED)
find_library(CLD2_LIBRARY cld2 REQUIRED)
add_library(cld2::cld2 INTERFACE IMPORTED)
target_include_directories(cld2::cld2 SYSTEM INTERFACE ${CLD2_INCLUDE_DIR})
target_link_libraries(cld2::cld2 INTERFACE ${CLD2_LIBRARY})

if(WIREFOLD_BUILD_SERVICE)
  pkg_check_modules(GRPCPP REQUIRED IMPORTED_TARGET grpc++)
  # grpc++_reflection has no pkg-config file of its own; it lies beside grpc++.
  find_library(GRPCPP_REFLECTION_LIBRARY grpc++_reflection REQUIRED)
  find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
  find_package(spdlog REQUIRED)
  find_package(CLI11 REQUIRED)
  find_package(tomlplusplus REQUIRED)
  # The daemon's allocator. A sanitizer brings its own.
  if(NOT WIREFOLD_SANITIZE)
    pkg_check_modules(TCMALLOC REQUIRED IMPORTED_TARGET libtcmalloc_minimal)
  endif()
endif()

if(WIREFOLD_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
endif()
